package ghostbeam.model.checkpoint;

import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Outline;
import ghostbeam.model.storage.ForeignFile;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Another framework's weights, in any {@link WeightFormat}, with the original recipe's tensor names
 * or PyTorch's (timm's), which are also ours. Elements may be float64, float32, float16 or bfloat16
 * and become float32.
 */
public final class TensorFile {
  private static final String CLASSIFIER = "classifier.";
  private static final String CLASSIFIER_WEIGHT = CLASSIFIER + "weight";
  private static final int MAX_CLASSES = 1 << 20;

  private final String path;
  private final WeightFormat format;
  private final Map<String, RawTensor> tensors;

  private TensorFile(String path, byte[] file, WeightKind kind) throws IOException {
    if (file.length == 0) {
      throw new IOException(path + " is empty; copy or download it again");
    }
    this.path = path;
    this.format = WeightFormat.of(file);
    if (format == WeightFormat.MINDSPORE) {
      ForeignFile.refuse(path, file);
    }
    this.tensors = format.parse(path, file, kind);
  }

  /**
   * Reads a file, trusting none of it: no stated size is allocated before checking it against the
   * file's bytes.
   *
   * @param kind which of a PyTorch training checkpoint's weights to read; other files hold only one
   *     kind
   * @throws IOException naming the file and what is wrong with it
   */
  public static TensorFile read(Storage storage, String path, WeightKind kind) throws IOException {
    return new TensorFile(path, Safetensors.load(storage, path), kind);
  }

  /**
   * The sizes in bytes of a TorchScript module's storages according to its pickle, by key, without
   * those of quantised and complex types. Nothing that the pickle holds is built.
   *
   * @throws IOException saying what is wrong, without the file's name
   */
  public static Map<String, Long> storagesOfModule(byte[] pickle) throws IOException {
    Map<String, Long> bytes = new TreeMap<>();
    Map<String, PickleGlobals.Store> stores = new HashMap<>();
    PickleReader.read(ByteBuffer.wrap(pickle), stores, PickleGlobals::ofModule);
    for (PickleGlobals.Store store : stores.values()) {
      if (store.elements() > Long.MAX_VALUE / store.type().bytes()) {
        throw new IOException(
            "a storage has " + store.elements() + " elements, which is impossible");
      }
      bytes.put(store.key(), store.elements() * store.type().bytes());
    }
    return bytes;
  }

  /** The number of classes of its last layer; empty where it has no plausible one. */
  public OptionalInt classes() {
    RawTensor classifier = tensors.get(CLASSIFIER_WEIGHT);
    return classifier == null
            || classifier.shape().length != 2
            || classifier.shape()[0] > MAX_CLASSES
        ? OptionalInt.empty()
        : OptionalInt.of((int) classifier.shape()[0]);
  }

  /**
   * The interpolation that its weights were validated with, as implied by its format: torchvision's
   * where PyTorch wrote it, else that of the family's published weights.
   */
  public Interpolation interpolation(Architecture architecture) {
    return format.original() ? architecture.family().interpolation() : Interpolation.TORCHVISION;
  }

  /**
   * All weights of a network.
   *
   * @throws IOException naming tensors that are missing, unknown or of another shape, ten of a kind
   */
  public Weights weights(Architecture architecture) throws IOException {
    return weights(architecture, null);
  }

  /** Whether {@link #weights} finds all of a network's tensors, and no unknown ones. */
  public boolean fits(Architecture architecture) {
    try {
      weights(architecture);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The weights of a network, except for its last layer, which is taken from {@code start}.
   *
   * @throws IOException as {@link #weights} does, for the other layers
   */
  public Weights trunk(Architecture architecture, Weights start) throws IOException {
    return weights(architecture, start);
  }

  private Weights weights(Architecture architecture, Weights start) throws IOException {
    if (format.original() && architecture.family().originalBlock(architecture, 0, 0).isEmpty()) {
      throw new IOException(
          "%s is a MindSpore checkpoint, but the original has no %s; give safetensors with PyTorch's names"
              .formatted(path, architecture.name()));
    }
    List<TensorSpec> specs = Outline.of(architecture).tensors();
    Map<String, float[]> values = new LinkedHashMap<>();
    TensorMismatch mismatch = new TensorMismatch();
    Set<String> left = new LinkedHashSet<>(tensors.keySet());
    for (TensorSpec spec : specs) {
      String name = format.original() ? OriginalNames.of(spec.name(), architecture) : spec.name();
      left.remove(name);
      RawTensor tensor = tensors.get(name);
      if (start != null && name.startsWith(CLASSIFIER)) {
        values.put(spec.name(), start.get(spec.name()));
      } else if (tensor == null) {
        mismatch.addFault(name + " is missing");
      } else if (!tensor.isFloating() || !tensor.hasShape(spec.shape()) || !tensor.isWhole()) {
        String size = tensor.hasShape(spec.shape()) ? " in " + 4L * spec.size() + " bytes" : "";
        mismatch.addFault(
            name + " is " + tensor.described() + ", not floats " + spec.shape() + size);
      } else {
        values.put(spec.name(), tensor.toFloats(spec.size()));
      }
    }
    left.stream().filter(this::isUnknown).forEach(mismatch::addUnknown);
    if (!mismatch.isNone()) {
      throw new AdvisedException(
          "%s does not hold the tensors of %s: %s".formatted(path, architecture.name(), mismatch),
          ModelRemedy.NETWORK_OF_WEIGHTS.with());
    }
    return new Weights(specs, values);
  }

  /**
   * Whether a tensor the network does not have is no training state either. Training state is
   * scalars, such as counters and rates, and an optimiser's tensors, named by a prefix and a
   * weight's name.
   */
  private boolean isUnknown(String name) {
    int afterWord = name.indexOf('.') + 1;
    boolean owned = afterWord > 0 && tensors.containsKey(name.substring(afterWord));
    return !owned && !tensors.get(name).isScalar();
  }
}
