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
import ghostbeam.model.recipe.Setting;
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
 * <p>Each call computes on its caller's thread only: parallel slots are faster than several threads
 * in one. In float32, a checkpoint's logits for an image are bit-identical in any batch; in bf16,
 * and for foreign modules, the last digits can depend on the batch's size.
 *
 * <p>{@link #bytes} gives its memory use: for each concurrent caller it loads the weights once
 * more, off the heap.
 */
public final class Classifier implements AutoCloseable {
  /** The width of a module's logits, as long as it is unknown. */
  static final int ANY_CLASSES = 0;

  /**
   * The dtypes that logits may have. DJL considers complex types floating, too, and has no
   * bfloat16.
   */
  private static final Set<DataType> REAL =
      EnumSet.of(DataType.FLOAT16, DataType.FLOAT32, DataType.FLOAT64);

  private final String name;

  /** The TorchScript archive: written once, loaded again for each concurrent caller. */
  private final byte[] archive;

  private final Feed feed;
  private final int classes;
  private final int smallestImage;
  private final NDManager manager;

  /** Loaded modules not in use; each serves one thread at a time. */
  private final Queue<ModuleInstance> idle = new ConcurrentLinkedQueue<>();

  /** Makes the module's input from a batch, uint8 (N,H,W,3). */
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

  /** A float32 classifier for weights in memory. */
  public static Classifier of(Architecture architecture, Weights weights) {
    return of(architecture, weights, Precision.FLOAT32);
  }

  /** A classifier for weights in memory. */
  public static Classifier of(Architecture architecture, Weights weights, Precision precision) {
    return new Classifier(
        architecture.name(),
        archive(architecture, weights, precision),
        (manager, images, shape) -> manager.create(images, shape, DataType.UINT8), // only read
        architecture.classes(),
        architecture.family().smallestImage());
  }

  /**
   * A classifier for a TorchScript module.
   *
   * @param path of its file, for messages
   * @param classes width of its logits, or {@link #ANY_CLASSES}
   * @throws UncheckedIOException with a one-line message, where PyTorch cannot load it
   */
  static Classifier of(String path, byte[] archive, ModuleInput input, int classes) {
    Feed feed = (manager, images, shape) -> input.batch(manager, images, shape, ThreadScratch::of);
    return new Classifier(path, archive, feed, classes, 1);
  }

  /**
   * The maximum memory of an open classifier of this network in bytes, on the heap and off it (less
   * in bf16, whose convolution weights are half as wide). It holds its module's archive, as large
   * as the float32 tensors, and 2¼ times that for each concurrent caller, since PyTorch keeps a
   * module's tensors in addition to the copies that it packs, with some padding, for its kernels.
   * Images and activations are not included; each call frees them.
   *
   * @param callers number of concurrent callers
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

  /** The number of elements of its module's parameters. */
  long parameters() {
    return idle.element().parameters();
  }

  /**
   * Logits of a batch.
   *
   * @param images decoded images, uint8 N×H×W×3, exactly filling a direct buffer from position to
   *     limit; never modified, even by modules that write to their input
   * @param count images in the batch, N
   * @param inputSize H and W
   * @return float32 N×classes, row by row
   * @throws IllegalArgumentException where the network's feature maps would be smaller than a pixel
   * @throws UncheckedIOException with a one-line message, where a module fails or returns anything
   *     else
   */
  public float[] logits(ByteBuffer images, int count, int inputSize) {
    Shape shape = new Shape(count, inputSize, inputSize, 3);
    return logits(count, inputSize, batch -> feed.of(batch, images.duplicate(), shape));
  }

  /** {@link #logits(ByteBuffer, int, int)} for samples from 0 to 255 of any type. */
  float[] logits(ByteBuffer images, DataType type, int count, int inputSize) {
    Shape shape = new Shape(count, inputSize, inputSize, 3);
    return logits(count, inputSize, batch -> batch.create(images, shape, type));
  }

  private float[] logits(int count, int inputSize, Function<NDManager, NDArray> images) {
    Setting.require(
        inputSize >= smallestImage,
        "inputSize",
        "at least %d for %s".formatted(smallestImage, name),
        inputSize);
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

  /** The output as float32, after checking its shape and type. */
  private float[] rows(NDList out, int count) {
    if (out.size() != 1) {
      throw unfit("it returns %d tensors, not logits alone".formatted(out.size()));
    }
    NDArray logits = out.get(0);
    Shape shape = logits.getShape();
    boolean rows = shape.dimension() == 2 && shape.get(0) == count && shape.get(1) > 0;
    if (!rows || (classes != ANY_CLASSES && shape.get(1) != classes)) {
      throw unfit(
          "it returns a tensor %s, not logits (%d, %s)"
              .formatted(shape, count, classes == ANY_CLASSES ? "classes" : classes));
    }
    if (!REAL.contains(logits.getDataType())) {
      throw unfit(
          "it returns %s, not logits of float16, float32 or float64"
              .formatted(logits.getDataType()));
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

  /** Makes the engine use this many threads for the calling thread; call it once in each slot. */
  public static void useThreads(int threads) {
    EngineThreads.use(threads);
  }

  /** DJL's version. */
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
