package ghostbeam.model.inference;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Outline;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.model.torchscript.TorchScript;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * A network ready to score images; owns its off-heap memory. Safe to use from many threads.
 *
 * <p>Each call computes on its caller's thread alone: slots side by side are faster than threads
 * within one. In float32 a checkpoint's logits of an image are the same bits whatever comes with it
 * in its batch; in bf16, and of modules that others wrote, they can differ in the last digits by
 * the batch's size.
 *
 * <p>{@link #bytes} says what it takes: for each thread that calls at the same time it loads the
 * weights once more, off the heap.
 */
public final class Classifier implements AutoCloseable {
  /** The width of a module's logits before it was tried. */
  static final int ANY_CLASSES = 0;

  /** What logits can be. DJL calls complex numbers floating, too, and knows no bfloat16. */
  private static final Set<DataType> REAL =
      EnumSet.of(DataType.FLOAT16, DataType.FLOAT32, DataType.FLOAT64);

  private final String name;

  /** The module as PyTorch reads it: written once, loaded for each thread that needs its own. */
  private final byte[] archive;

  private final Feed feed;
  private final int classes;
  private final int smallestImage;
  private final NDManager manager;

  /** Loaded modules that no call is using; a module serves one thread at a time. */
  private final Queue<ModuleInstance> idle = new ConcurrentLinkedQueue<>();

  /** How the module gets a batch, uint8 (N,H,W,3). */
  @FunctionalInterface
  private interface Feed {
    NDArray of(NDManager manager, ByteBuffer images, Shape shape);
  }

  private Classifier(String name, byte[] archive, Feed feed, int classes, int smallestImage) {
    this.name = name;
    this.archive = archive;
    this.feed = feed;
    this.classes = classes;
    this.smallestImage = smallestImage;
    idle.add(new ModuleInstance(name, archive));
    this.manager = NDManager.newBaseManager();
  }

  /** Loads a checkpoint's weights, batch norm folded into the convolutions. */
  public static Classifier load(Checkpoint checkpoint, Precision precision) {
    return of(checkpoint.info().architecture(), checkpoint.weights(), precision);
  }

  /** A float32 classifier of weights at hand. */
  public static Classifier of(Architecture architecture, Weights weights) {
    return of(architecture, weights, Precision.FLOAT32);
  }

  /** A classifier of weights at hand. */
  public static Classifier of(Architecture architecture, Weights weights, Precision precision) {
    return new Classifier(
        architecture.name(),
        archive(architecture, weights, precision),
        (manager, images, shape) -> manager.create(images, shape, DataType.UINT8), // only read
        architecture.classes(),
        architecture.family().smallestImage());
  }

  /**
   * A classifier of a TorchScript module.
   *
   * @param path of its file, which names it in messages
   * @param classes width of its logits, or {@link #ANY_CLASSES}
   * @throws UncheckedIOException in one line, where PyTorch does not load it
   */
  static Classifier of(String path, byte[] archive, ModuleInput input, int classes) {
    Feed feed = (manager, images, shape) -> input.batch(manager, images, shape, ThreadScratch::of);
    return new Classifier(path, archive, feed, classes, 1);
  }

  /**
   * Bytes that a classifier of this network takes at most while it is open, on the heap and off it
   * (in bf16 less: its convolutions' weights are half as wide). It holds its module's archive, as
   * large as the float32 tensors, and 2¼ times that for each thread that calls at the same time,
   * since PyTorch keeps a module's tensors beside those that it packed, with some padding, for its
   * kernels. Images and what is between layers come on top and go with each call.
   *
   * @param callers threads that call at the same time
   */
  public static long bytes(Architecture architecture, int callers) {
    long elements = Outline.of(architecture).tensors().stream().mapToLong(TensorSpec::size).sum();
    long tensors = elements * Float.BYTES;
    return tensors + callers * (2 * tensors + tensors / 4);
  }

  /** Width of the logits. */
  public int classes() {
    return classes;
  }

  /** How many numbers its module calls parameters. */
  long parameters() {
    return idle.element().parameters();
  }

  /**
   * Logits of a batch.
   *
   * @param images decoded images, uint8 N×H×W×3, a direct buffer that holds exactly those from
   *     position to limit; it stays as it is, whatever a module does with what it gets
   * @param count images in the batch, N
   * @param inputSize H and W
   * @return float32 N×classes, row by row
   * @throws IllegalArgumentException where the network's maps would be smaller than a pixel
   * @throws UncheckedIOException in one line, where a module fails or gives something else
   */
  public float[] logits(ByteBuffer images, int count, int inputSize) {
    Shape shape = new Shape(count, inputSize, inputSize, 3);
    return logits(count, inputSize, batch -> feed.of(batch, images.duplicate(), shape));
  }

  /** {@link #logits(ByteBuffer, int, int)} of samples of any type from 0 to 255. */
  float[] logits(ByteBuffer images, DataType type, int count, int inputSize) {
    Shape shape = new Shape(count, inputSize, inputSize, 3);
    return logits(count, inputSize, batch -> batch.create(images, shape, type));
  }

  private float[] logits(int count, int inputSize, Function<NDManager, NDArray> images) {
    if (inputSize < smallestImage) {
      throw new IllegalArgumentException(
          "%s takes images of at least %d pixels a side, found %d"
              .formatted(name, smallestImage, inputSize));
    }
    return EngineThreads.alone(
        () -> {
          ModuleInstance spare = idle.poll();
          ModuleInstance module = spare == null ? new ModuleInstance(name, archive) : spare;
          try (NDManager batch = manager.newSubManager()) {
            return rows(module.forward(batch, images.apply(batch)), count);
          } finally {
            idle.add(module);
          }
        });
  }

  /** What came out as float32, which it must be able to be. */
  private float[] rows(NDList out, int count) {
    if (out.size() != 1) {
      throw unfit("it gives %d tensors, not logits alone".formatted(out.size()));
    }
    NDArray logits = out.get(0);
    Shape shape = logits.getShape();
    boolean rows = shape.dimension() == 2 && shape.get(0) == count && shape.get(1) > 0;
    if (!rows || (classes != ANY_CLASSES && shape.get(1) != classes)) {
      throw unfit(
          "it gives a tensor %s, not logits (%d, %s)"
              .formatted(shape, count, classes == ANY_CLASSES ? "classes" : classes));
    }
    if (!REAL.contains(logits.getDataType())) {
      throw unfit(
          "it gives %s, not logits of float16, float32 or float64".formatted(logits.getDataType()));
    }
    return logits.toType(DataType.FLOAT32, false).toFloatArray();
  }

  private UncheckedIOException unfit(String why) {
    return new UncheckedIOException(new IOException(name + " cannot be scored: " + why));
  }

  private static byte[] archive(Architecture architecture, Weights weights, Precision precision) {
    int elements = weights.specs().stream().mapToInt(TensorSpec::size).sum();
    ByteArrayOutputStream archive = new ByteArrayOutputStream(elements * Float.BYTES);
    try {
      TorchScript.writeForCpu(architecture, weights, precision, archive);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return archive.toByteArray();
  }

  /** Makes the calling thread compute with this many threads; call it once in each slot. */
  public static void useThreads(int threads) {
    EngineThreads.use(threads);
  }

  /** DJL's version, for provenance. */
  public static String engineVersion() {
    return Engine.getDjlVersion();
  }

  @Override
  public void close() {
    for (ModuleInstance module = idle.poll(); module != null; module = idle.poll()) {
      module.close();
    }
    manager.close();
  }
}
