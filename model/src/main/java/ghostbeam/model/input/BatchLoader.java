package ghostbeam.model.input;

import ghostbeam.model.augmentation.Mixture;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.dataset.Dataset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Reads, decodes, augments and mixes a rank's share of each batch of an epoch, ahead of the
 * training step, on its own threads. Batches come in order, bit-identical for any number of
 * threads. Images are mixed within a rank's share, so that no image is decoded by two ranks.
 */
public final class BatchLoader implements AutoCloseable {
  private static final int BATCHES_AHEAD = 3;

  private final Dataset dataset;
  private final ExampleDecoder source = new ExampleDecoder(Codec.best());
  private final TrainingView view;
  private final EpochPlan plan;
  private final BatchBuffers buffers;
  private final ExecutorService workers;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private final Deque<ByteBuffer> spare = new ArrayDeque<>();
  private int started;

  private record Pending(Batch batch, ByteBuffer buffer, List<Future<?>> pairs) {}

  /**
   * @param first number of the first batch to load
   * @param buffers where the batches' memory comes from and is returned to on close
   */
  public BatchLoader(
      Dataset dataset,
      TrainingView view,
      EpochPlan plan,
      int first,
      int threads,
      BatchBuffers buffers) {
    this.dataset = dataset;
    this.view = view;
    this.plan = plan;
    this.started = first;
    this.buffers = buffers;
    this.workers = Executors.newFixedThreadPool(threads, BatchLoader::daemon);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "ghostbeam-input");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * The next batch, float32 N×H×W×3, valid until the next call.
   *
   * @throws IOException naming the record that could not be read or decoded
   */
  public Batch next() throws IOException, InterruptedException {
    while (pending.size() <= BATCHES_AHEAD && started < plan.batches()) {
      pending.add(start(started++));
    }
    Pending next = pending.remove();
    for (Future<?> pair : next.pairs()) {
      try {
        pair.get();
      } catch (ExecutionException e) {
        throw new IOException(e.getCause().getMessage(), e.getCause());
      }
    }
    spare.add(next.buffer());
    return next.batch();
  }

  private Pending start(int number) {
    int[] records = plan.batch(number);
    // The caller still uses the buffer handed out last; older ones are free.
    ByteBuffer buffer =
        spare.size() > 1 ? spare.remove() : buffers.take(plan.largestShare() * imageBytes());
    Mixture mixture =
        view.mixing()
            .draw(view.inputSize(), SampleOrder.ofMixing(plan.seed(), plan.epoch(), number));
    int[] labels = new int[records.length];
    List<Future<?>> pairs = new ArrayList<>();
    for (int i = 0; i < (records.length + 1) / 2; i++) {
      int first = i;
      pairs.add(
          workers.submit(
              () -> {
                loadPair(records, first, mixture, buffer, labels);
                return null;
              }));
    }
    ByteBuffer images = buffer.slice(0, records.length * imageBytes());
    return new Pending(
        new Batch(
            images.order(ByteOrder.nativeOrder()),
            new Targets(labels, mixture.lambda()),
            plan.share(number)),
        buffer,
        pairs);
  }

  /** Loads an image and its partner on one thread, since mixing needs both. */
  private void loadPair(int[] records, int first, Mixture mixture, ByteBuffer buffer, int[] labels)
      throws IOException {
    FloatBuffer image = slot(buffer, first);
    labels[first] = load(records[first], image);
    int second = Targets.partner(first, records.length);
    if (second != first) {
      FloatBuffer partner = slot(buffer, second);
      labels[second] = load(records[second], partner);
      mixture.mix(image, partner);
    }
  }

  private FloatBuffer slot(ByteBuffer buffer, int position) {
    return buffer
        .slice(position * imageBytes(), imageBytes())
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private int load(int record, FloatBuffer slot) throws IOException {
    ExampleDecoder.Sample sample = source.read(dataset, record);
    view.put(sample.image(), SampleOrder.random(plan.seed(), plan.epoch(), record), slot);
    return sample.label();
  }

  private int imageBytes() {
    return 3 * view.inputSize() * view.inputSize() * Float.BYTES;
  }

  /**
   * Stops loading; the batch handed out last becomes invalid. Buffers of pending batches are not
   * returned: a worker may still be writing to them.
   */
  @Override
  public void close() {
    workers.shutdownNow();
    spare.forEach(buffers::giveBack);
    spare.clear();
  }
}
