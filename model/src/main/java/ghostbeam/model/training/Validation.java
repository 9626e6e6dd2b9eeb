package ghostbeam.model.training;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.ExampleDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Counts right answers over the whole validation split, divided among ranks, in single-threaded
 * slots.
 */
final class Validation implements AutoCloseable {
  private static final int BATCH = 32;
  private static final int NONE = -1;

  private final Dataset dataset;
  private final ValidationView view;
  private final ExampleDecoder source = new ExampleDecoder(Codec.best());
  private final Collective collective;
  private final ExecutorService slots;

  /** Reusable image buffers: Java would free them only some time after their last use. */
  private final Queue<ByteBuffer> spare = new ConcurrentLinkedQueue<>();

  Validation(Dataset dataset, ValidationView view, Collective collective, int slots) {
    this.dataset = dataset;
    this.view = view;
    this.collective = collective;
    this.slots = Executors.newFixedThreadPool(slots);
  }

  /** The number of images in the split. */
  long records() {
    return dataset.manifest().records();
  }

  /**
   * For each classifier, the number of Top-1 hits over all ranks' images; an image with a
   * non-finite logit counts as wrong, as in evaluation.
   *
   * @param classifiers with the same weights on each rank
   */
  long[] correct(List<Classifier> classifiers) throws IOException, InterruptedException {
    long end = records() * (collective.rank() + 1) / collective.size();
    List<Future<long[]>> parts = new ArrayList<>();
    for (long first = records() * collective.rank() / collective.size();
        first < end;
        first += BATCH) {
      long from = first;
      int count = (int) Math.min(BATCH, end - first);
      parts.add(slots.submit(() -> score(classifiers, from, count)));
    }
    // Counts are exact in float64.
    double[] own = Arrays.stream(sum(parts, classifiers.size())).asDoubleStream().toArray();
    return Arrays.stream(collective.sum(own)).mapToLong(count -> (long) count).toArray();
  }

  private static long[] sum(List<Future<long[]>> parts, int classifiers)
      throws IOException, InterruptedException {
    long[] correct = new long[classifiers];
    for (Future<long[]> part : parts) {
      try {
        long[] counts = part.get();
        for (int k = 0; k < correct.length; k++) {
          correct[k] += counts[k];
        }
      } catch (ExecutionException e) {
        throw new IOException(e.getCause().getMessage(), e.getCause());
      }
    }
    return correct;
  }

  private long[] score(List<Classifier> classifiers, long first, int count) throws IOException {
    ByteBuffer old = spare.poll();
    int side = view.inputSize();
    ByteBuffer images = old == null ? ByteBuffer.allocateDirect(BATCH * side * side * 3) : old;
    try {
      return score(classifiers, first, count, images.clear());
    } finally {
      spare.add(images);
    }
  }

  private long[] score(List<Classifier> classifiers, long first, int count, ByteBuffer images)
      throws IOException {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      ExampleDecoder.Sample sample = source.read(dataset, first + i);
      labels[i] = sample.label();
      images.put(view.apply(sample.image()).rgb());
    }
    long[] correct = new long[classifiers.size()];
    for (int k = 0; k < correct.length; k++) {
      Classifier classifier = classifiers.get(k);
      float[] logits = classifier.logits(images.duplicate().flip(), count, view.inputSize());
      for (int i = 0; i < count; i++) {
        correct[k] +=
            argmax(logits, i * classifier.classes(), classifier.classes()) == labels[i] ? 1 : 0;
      }
    }
    return correct;
  }

  /**
   * Index of the greatest logit, of equal ones the lowest; {@link #NONE} where any is not finite.
   */
  private static int argmax(float[] logits, int offset, int classes) {
    int best = 0;
    for (int c = 0; c < classes; c++) {
      if (!Float.isFinite(logits[offset + c])) {
        return NONE;
      }
      if (logits[offset + c] > logits[offset + best]) {
        best = c;
      }
    }
    return best;
  }

  @Override
  public void close() {
    slots.shutdownNow();
  }
}
