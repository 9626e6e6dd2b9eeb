package ghostbeam.model.checkpoint;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Formats of weights that others wrote. A new one is a class that makes named tensors of a file's
 * bytes, and a line here before the last: that format has no mark at its beginning, so every file
 * that is none of the others is read as one of it.
 */
@SuppressWarnings("ImmutableEnumChecker") // functions without state
enum WeightFormat {
  SAFETENSORS(
      "safetensors file",
      false,
      Safetensors::begins,
      (file, kind) -> Safetensors.parse(file).tensors()),
  PYTORCH("PyTorch state dict that can be read", false, PyTorchFile::begins, PyTorchFile::parse),
  MINDSPORE("MindSpore checkpoint", true, file -> true, (file, kind) -> MindSporeFile.parse(file));

  private static final WeightFormat LAST = values()[values().length - 1];

  /** Makes named tensors of bytes. */
  @FunctionalInterface
  private interface Parser {
    Map<String, RawTensor> parse(byte[] file, WeightKind kind) throws IOException;
  }

  private final String title;
  private final boolean original;
  private final Predicate<byte[]> begins;
  private final Parser parser;

  WeightFormat(String title, boolean original, Predicate<byte[]> begins, Parser parser) {
    this.title = title;
    this.original = original;
    this.begins = begins;
    this.parser = parser;
  }

  /** The format of a file, told by its first bytes. */
  static WeightFormat of(byte[] file) {
    return Arrays.stream(values()).filter(f -> f.begins.test(file)).findFirst().orElseThrow();
  }

  /** Whether its tensors have the original recipe's names, not PyTorch's (timm's), as ours do. */
  boolean original() {
    return original;
  }

  /**
   * The tensors by name, in the order of the file, trusting none of it: no size it states is
   * allocated before the bytes are there.
   *
   * @param kind which weights are meant, where a file may hold both
   * @throws IOException saying that it is no such file and why
   */
  Map<String, RawTensor> parse(String path, byte[] file, WeightKind kind) throws IOException {
    try {
      return parser.parse(file, kind);
    } catch (IOException | RuntimeException e) { // a library may not foresee all damage
      String no =
          this != LAST
              ? "no " + title
              : Arrays.stream(values())
                  .map(format -> format.title)
                  .collect(Collectors.joining(" nor a ", "neither a ", ""));
      throw new IOException(path + " is " + no + ": " + e.getMessage(), e);
    }
  }
}
