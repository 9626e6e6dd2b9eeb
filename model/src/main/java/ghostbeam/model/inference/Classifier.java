package ghostbeam.model.inference;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Outline;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.model.torchscript.TorchScript;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A network ready to score images; owns its off-heap memory. Safe to use from many threads.
 *
 * <p>Each call computes on its caller's thread alone: slots side by side are faster than threads
 * within one. In float32 an image's logits are the same bits whatever comes with it in its batch;
 * in bf16 they can differ in the last of its digits by the batch's size.
 *
 * <p>{@link #bytes} says what it takes: for each thread that calls at the same time it loads the
 * weights once more, off the heap.
 */
public final class Classifier implements AutoCloseable {
  private final Architecture architecture;

  /** The module as PyTorch reads it: written once, loaded for each thread that needs its own. */
  private final byte[] archive;

  private final NDManager manager;

  /** Loaded modules that no call is using; a module serves one thread at a time. */
  private final Queue<Model> idle = new ConcurrentLinkedQueue<>();

  private Classifier(Architecture architecture, Weights weights, Precision precision) {
    this.architecture = architecture;
    this.archive = archive(architecture, weights, precision);
    this.manager = NDManager.newBaseManager();
    idle.add(load());
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
    return new Classifier(architecture, weights, precision);
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
    return architecture.classes();
  }

  /**
   * Logits of a batch.
   *
   * @param images decoded images, uint8 N×H×W×3, a direct buffer that holds exactly those from
   *     position to limit; it is read in place
   * @param count images in the batch, N
   * @param inputSize H and W
   * @return float32 N×classes, row by row
   * @throws IllegalArgumentException where the network's maps would be smaller than a pixel
   */
  public float[] logits(ByteBuffer images, int count, int inputSize) {
    return logits(images, DataType.UINT8, count, inputSize);
  }

  /** {@link #logits(ByteBuffer, int, int)} of samples of any type from 0 to 255. */
  float[] logits(ByteBuffer images, DataType type, int count, int inputSize) {
    int smallest = architecture.family().smallestImage();
    if (inputSize < smallest) {
      throw new IllegalArgumentException(
          "%s takes images of at least %d pixels a side, found %d"
              .formatted(architecture.name(), smallest, inputSize));
    }
    return EngineThreads.alone(
        () -> {
          // PyTorch would watch the first call and rewrite the module in the second, at the price
          // of a batch, into one that is no faster. Asked of each thread anew.
          JniUtils.setGraphExecutorOptimize(false);
          Model spare = idle.poll();
          Model module = spare == null ? load() : spare;
          try (NDManager batch = manager.newSubManager()) {
            NDArray image = batch.create(images, new Shape(count, inputSize, inputSize, 3), type);
            NDList logits =
                module
                    .getBlock()
                    .forward(new ParameterStore(batch, false), new NDList(image), false);
            return logits.singletonOrThrow().toFloatArray();
          } finally {
            idle.add(module);
          }
        });
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

  private Model load() {
    Model module = Model.newInstance(architecture.name(), "PyTorch");
    try {
      module.load(new ByteArrayInputStream(archive));
      return module;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (MalformedModelException e) {
      throw new IllegalStateException("PyTorch does not load the module written for it", e);
    }
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
    for (Model module = idle.poll(); module != null; module = idle.poll()) {
      module.close();
    }
    manager.close();
  }
}
