package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/**
 * What an archive's publisher says of its bytes, such as {@code
 * md5:1d675b47d978889d74fa0da5fadfb00e} of ILSVRC2012_img_train.tar.
 *
 * @param algorithm {@code md5} or {@code sha256}
 * @param hex lower-case
 */
public record ExpectedDigest(String algorithm, String hex) {
  private static final Map<String, String> NAMES = Map.of("md5", "MD5", "sha256", "SHA-256");
  private static final Map<String, Integer> DIGITS = Map.of("md5", 32, "sha256", 64);
  private static final int BLOCK = 1 << 20;

  /** Parses {@code md5:…} or {@code sha256:…}; others are an {@link IllegalArgumentException}. */
  public static ExpectedDigest parse(String text) {
    int colon = text.indexOf(':');
    String algorithm = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    String hex = text.substring(colon + 1).toLowerCase(Locale.ROOT);
    if (!DIGITS.containsKey(algorithm) || !hex.matches("[0-9a-f]{" + DIGITS.get(algorithm) + "}")) {
      throw new IllegalArgumentException(
          "expected md5: and 32 hex digits, or sha256: and 64 hex digits");
    }
    return new ExpectedDigest(algorithm, hex);
  }

  /**
   * Reads a whole archive once, from first to last byte, since images are read in another order.
   *
   * @throws IOException if its bytes have another digest
   */
  public void check(Storage storage, String archive) throws IOException {
    MessageDigest digest = digest();
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    try (SeekableByteChannel channel = storage.open(archive)) {
      while (channel.read(block.clear()) >= 0) {
        digest.update(block.flip());
      }
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(hex)) {
      throw new IOException(
          String.format(
              "%s has the digest %s:%s, --expectDigest says %s:%s; copy or download it again",
              archive, algorithm, found, algorithm, hex));
    }
  }

  private MessageDigest digest() {
    try {
      return MessageDigest.getInstance(NAMES.get(algorithm));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has both
    }
  }
}
