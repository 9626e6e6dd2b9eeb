package ghostbeam.model.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Kinds of file that are often found in place of the intended one, recognised by their first bytes.
 */
public enum ForeignFile {
  GIT_LFS(
      "a Git LFS pointer, not the file itself; fetch that with: git lfs pull",
      start -> start.startsWith("version https://git-lfs.github.com/spec/")),
  WEB_PAGE(
      "a web page, as sites send in place of a download; download the file again",
      start ->
          start
              .strip()
              .toLowerCase(Locale.ROOT)
              .matches("(?s)(\u00ef\u00bb\u00bf)?<(!doctype html|html|head)\\b.*")),
  XML(
      "an XML document, as stores send in place of a file; download the file again",
      start -> start.startsWith("<?xml")),
  PICKLE(
      "a Python pickle, as old PyTorch saves weights",
      "a Python pickle, which cannot be read without running it; save its images as files",
      start -> start.matches("(?s)\u0080[\u0002-\u0005].*")),
  ZIP("a zip, as PyTorch saves weights (.pth, .pt)", start -> start.startsWith("PK\u0003\u0004")),
  GZIP("compressed by gzip; unpack it first", start -> start.startsWith("\u001f\u008b\b")),
  BZIP2("compressed by bzip2; unpack it first", start -> start.matches("(?s)BZh[1-9]1AY.*")),
  XZ("compressed by xz; unpack it first", start -> start.startsWith("\u00fd7zXZ\0")),
  ZSTD("compressed by zstd; unpack it first", start -> start.startsWith("(\u00b5/\u00fd")),
  HDF5(
      "an HDF5 file, as Keras saves weights; save them as safetensors with PyTorch's names",
      "an HDF5 file; save its images as files",
      start -> start.startsWith("\u0089HDF\r\n"));

  /** How many of a file's first bytes are needed to recognise it. */
  public static final int START = 64;

  private static final Set<ForeignFile> COMPRESSED = EnumSet.of(GZIP, BZIP2, XZ, ZSTD);

  /** The containers in which weights are usually published. */
  private static final Set<ForeignFile> WEIGHTS = EnumSet.of(PICKLE, ZIP);

  private final String asWeights;
  private final String asImages;

  @SuppressWarnings("ImmutableEnumChecker") // stateless
  private final Predicate<String> begins;

  ForeignFile(String words, Predicate<String> begins) {
    this(words, words, begins);
  }

  ForeignFile(String asWeights, String asImages, Predicate<String> begins) {
    this.asWeights = asWeights;
    this.asImages = asImages;
    this.begins = begins;
  }

  /** What a file is, by its first {@link #START} bytes; empty where it may be the intended file. */
  public static Optional<ForeignFile> of(byte[] file) {
    String start = new String(file, 0, Math.min(START, file.length), ISO_8859_1);
    return Arrays.stream(values()).filter(kind -> kind.begins.test(start)).findFirst();
  }

  /** Whether unpacking it yields the actual file. */
  public boolean isCompressed() {
    return COMPRESSED.contains(this);
  }

  /** What it is and what to do, where images were expected. */
  public String asImages() {
    return asImages;
  }

  /**
   * Rejects a weights file that is one of these.
   *
   * @throws ForeignWeightsException where it holds weights as PyTorch saves them
   * @throws IOException where it is another of these kinds, saying which and what to do
   */
  public static void refuse(String path, byte[] file) throws IOException {
    Optional<ForeignFile> kind = of(file);
    if (kind.filter(WEIGHTS::contains).isPresent()) {
      throw new ForeignWeightsException(path, "is " + kind.get().asWeights);
    }
    if (kind.isPresent()) {
      throw new IOException(path + " is " + kind.get().asWeights);
    }
  }
}
