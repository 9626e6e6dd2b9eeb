package ghostbeam.transforms.evaluation;

import java.util.concurrent.atomic.LongAdder;

/** Counts the images scored in this JVM since it started, for progress displays. */
public final class ScoredImages {
  private static final LongAdder COUNT = new LongAdder();

  private ScoredImages() {}

  /** Counts an image once for all candidates of a pass; includes undecodable ones. */
  public static long count() {
    return COUNT.sum();
  }

  static void add(long images) {
    COUNT.add(images);
  }
}
