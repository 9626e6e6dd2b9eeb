package ghostbeam.model.storage;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 digests as written in all files: {@code sha256:} and 64 hex digits. */
public final class Sha256 {
  private Sha256() {}

  /** The digest of an array. */
  public static String of(byte[] bytes) {
    MessageDigest digest = begin();
    digest.update(bytes);
    return end(digest);
  }

  /** Begins a digest of bytes that arrive in pieces. */
  public static MessageDigest begin() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }

  /** The digest of the bytes added so far. */
  public static String end(MessageDigest digest) {
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }
}
