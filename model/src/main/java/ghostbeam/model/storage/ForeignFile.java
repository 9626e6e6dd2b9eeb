package ghostbeam.model.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Files that people have in the place of the one they mean, told by their first bytes. */
public enum ForeignFile {
  GIT_LFS(
      "a Git LFS pointer, not the file it stands for; fetch that with: git lfs pull",
      start -> start.startsWith("version https://git-lfs.github.com/spec/")),
  WEB_PAGE(
      "a web page, such as a site sends in place of a download; download the file again",
      start ->
          start
              .strip()
              .toLowerCase(Locale.ROOT)
              .matches("(?s)(\u00ef\u00bb\u00bf)?<(!doctype html|html|head)\\b.*")),
  XML(
      "an XML text, such as a store answers in place of a file; download the file again",
      start -> start.startsWith("<?xml")),
  PICKLE(
      "a Python pickle, as old PyTorch saves weights",
      "a Python pickle, which is read by running it; save its images as files",
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

  /** Bytes of a file's start that suffice. */
  public static final int START = 64;

  private static final Set<ForeignFile> COMPRESSED = EnumSet.of(GZIP, BZIP2, XZ, ZSTD);

  /** Those that weights are mostly found in. */
  private static final Set<ForeignFile> WEIGHTS = EnumSet.of(PICKLE, ZIP);

  private final String asWeights;
  private final String asImages;

  @SuppressWarnings("ImmutableEnumChecker") // a function without state
  private final Predicate<String> begins;

  ForeignFile(String words, Predicate<String> begins) {
    this(words, words, begins);
  }

  ForeignFile(String asWeights, String asImages, Predicate<String> begins) {
    this.asWeights = asWeights;
    this.asImages = asImages;
    this.begins = begins;
  }

  /** What a file is, by its first {@link #START} bytes; empty where it may be what is meant. */
  public static Optional<ForeignFile> of(byte[] file) {
    String start = new String(file, 0, Math.min(START, file.length), ISO_8859_1);
    return Arrays.stream(values()).filter(kind -> kind.begins.test(start)).findFirst();
  }

  /** Whether another file comes out of it. */
  public boolean isCompressed() {
    return COMPRESSED.contains(this);
  }

  /** What it is and what to do, where images were looked for in it. */
  public String asImages() {
    return asImages;
  }

  /**
   * Refuses a file of weights that is one of these.
   *
   * @throws ForeignWeightsException where it is as PyTorch writes them
   * @throws IOException saying what else it is and what to do
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
