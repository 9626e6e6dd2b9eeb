package ghostbeam.transforms.evaluation;

import java.util.concurrent.atomic.LongAdder;

/** Images that slots in this JVM have scored since it began, for whoever watches a job in it. */
public final class ScoredImages {
  private static final LongAdder COUNT = new LongAdder();

  private ScoredImages() {}

  /** Each image once for all candidates of a pass; undecodable ones too. */
  public static long count() {
    return COUNT.sum();
  }

  static void add(long images) {
    COUNT.add(images);
  }
}
