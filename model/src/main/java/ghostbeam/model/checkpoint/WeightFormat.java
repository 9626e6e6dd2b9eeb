package ghostbeam.model.checkpoint;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Formats of other frameworks' weights. To add one, write a class that parses named tensors from a
 * file's bytes and list it here before the last: the last format has no magic bytes, so every file
 * that is not of another format is read as this one.
 */
@SuppressWarnings("ImmutableEnumChecker") // stateless
enum WeightFormat {
  SAFETENSORS(
      "safetensors file",
      false,
      Safetensors::begins,
      (file, kind) -> Safetensors.parse(file).tensors()),
  PYTORCH("readable PyTorch state dict", false, PyTorchFile::begins, PyTorchFile::parse),
  MINDSPORE("MindSpore checkpoint", true, file -> true, (file, kind) -> MindSporeFile.parse(file));

  private static final WeightFormat LAST = values()[values().length - 1];

  /** Parses named tensors. */
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

  /** The format of a file, recognised by its first bytes. */
  static WeightFormat of(byte[] file) {
    return Arrays.stream(values()).filter(f -> f.begins.test(file)).findFirst().orElseThrow();
  }

  /**
   * Whether its tensors have the original recipe's names rather than PyTorch's (timm's), which are
   * also ours.
   */
  boolean original() {
    return original;
  }

  /**
   * The tensors by name, in file order. Nothing is trusted: no stated size is allocated before
   * checking it against the file's bytes.
   *
   * @param kind which weights to read, where a file may hold both
   * @throws IOException saying that the file is not of this format and why
   */
  Map<String, RawTensor> parse(String path, byte[] file, WeightKind kind) throws IOException {
    try {
      return parser.parse(file, kind);
    } catch (IOException | RuntimeException e) { // parsing libraries do not foresee all damage
      String no =
          this != LAST
              ? "not a " + title
              : Arrays.stream(values())
                  .map(format -> format.title)
                  .collect(Collectors.joining(" nor a ", "neither a ", ""));
      throw new IOException(path + " is " + no + ": " + e.getMessage(), e);
    }
  }
}
