package ghostbeam.model.input;

import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Normalization;
import ghostbeam.model.record.Example;
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
 * Reads, decodes and augments a rank's shares of one epoch's batches ahead of the training step, on
 * threads of its own. Batches come in order and hold the same floats however many threads there
 * are.
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

  private record Pending(ByteBuffer images, int[] labels, Share share, List<Future<?>> tasks) {}

  /**
   * @param first number of the first batch to load
   * @param buffers has the batches' memory back when this is closed
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
   * The next batch, float32 N×H×W×3; the previous one's buffer is used again.
   *
   * @throws IOException naming the record that could not be read or decoded
   */
  public Batch next() throws IOException, InterruptedException {
    while (pending.size() <= BATCHES_AHEAD && started < plan.batches()) {
      pending.add(start(started++));
    }
    Pending batch = pending.remove();
    for (Future<?> task : batch.tasks()) {
      try {
        task.get();
      } catch (ExecutionException e) {
        throw new IOException(e.getCause().getMessage(), e.getCause());
      }
    }
    spare.add(batch.images());
    int bytes = batch.labels().length * floats() * Float.BYTES;
    return new Batch(
        batch.images().slice(0, bytes).order(ByteOrder.nativeOrder()),
        batch.labels(),
        batch.share());
  }

  private Pending start(int batch) {
    int floats = floats();
    int[] records = plan.batch(batch);
    // The buffer handed out last is still with the caller; any older one is free.
    ByteBuffer images =
        spare.size() > 1
            ? spare.remove()
            : buffers
                .take(plan.largestShare() * floats * Float.BYTES)
                .order(ByteOrder.nativeOrder());
    int[] labels = new int[records.length];
    List<Future<?>> tasks = new ArrayList<>();
    for (int i = 0; i < records.length; i++) {
      int position = i;
      int record = records[i];
      FloatBuffer slot =
          images
              .slice(position * floats * Float.BYTES, floats * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      tasks.add(
          workers.submit(
              () -> {
                labels[position] = load(record, slot);
                return null;
              }));
    }
    return new Pending(images, labels, plan.share(batch), tasks);
  }

  private int load(int record, FloatBuffer slot) throws IOException {
    Example example = dataset.read(record);
    try {
      Pixels image = source.decode(example);
      Normalization.put(
          view.apply(image, SampleOrder.random(plan.seed(), plan.epoch(), record)), slot);
    } catch (UndecodableImageException e) {
      throw new IOException(
          "record %d (%s) cannot be decoded: %s; preprocess the dataset again"
              .formatted(record, example.filename(), e.getMessage()),
          e);
    }
    return example.label();
  }

  /** Floats of an image. */
  private int floats() {
    return 3 * view.inputSize() * view.inputSize();
  }

  /**
   * Ends loading; the batch handed out last is of no use any more. Batches that nobody waited for
   * are not given back: a worker may still write into one.
   */
  @Override
  public void close() {
    workers.shutdownNow();
    spare.forEach(buffers::giveBack);
    spare.clear();
  }
}
