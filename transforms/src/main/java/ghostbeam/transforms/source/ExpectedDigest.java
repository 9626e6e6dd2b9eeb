package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The published digest of an archive, such as {@code md5:1d675b47d978889d74fa0da5fadfb00e} for
 * ILSVRC2012_img_train.tar.
 *
 * @param algorithm {@code md5} or {@code sha256}
 * @param hex lower-case
 */
public record ExpectedDigest(String algorithm, String hex) {
  private static final Map<String, String> NAMES = Map.of("md5", "MD5", "sha256", "SHA-256");
  private static final int BLOCK = 1 << 20;

  /**
   * Parses {@code md5:…} or {@code sha256:…}; throws {@link IllegalArgumentException} otherwise.
   */
  public static ExpectedDigest parse(String text) {
    String plain = text.toLowerCase(Locale.ROOT);
    if (!plain.matches("md5:[0-9a-f]{32}|sha256:[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "expected md5: and 32 hex digits, or sha256: and 64 hex digits");
    }
    int colon = plain.indexOf(':');
    return new ExpectedDigest(plain.substring(0, colon), plain.substring(colon + 1));
  }

  /**
   * Verifies the digest of an archive, reading all of it.
   *
   * @throws IOException if the digest differs
   */
  public void check(Storage storage, String archive) throws IOException {
    String found;
    try (InputStream bytes =
        new BufferedInputStream(Channels.newInputStream(storage.open(archive)), BLOCK)) {
      found = new DigestUtils(NAMES.get(algorithm)).digestAsHex(bytes);
    }
    if (!found.equals(hex)) {
      throw new IOException(
          String.format(
              "%s has the digest %s:%s, expected %s:%s; copy or download it again",
              archive, algorithm, found, algorithm, hex));
    }
  }
}
