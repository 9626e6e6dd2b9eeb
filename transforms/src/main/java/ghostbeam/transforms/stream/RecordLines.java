package ghostbeam.transforms.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.transforms.format.StreamedRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * A line per record of a block with its key and length, compressed to a few bytes each. A file's
 * digest is that of all its lines, so it does not depend on the division into blocks.
 */
public final class RecordLines implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int PIECE = 8 << 10;

  private final byte[] packed;

  private RecordLines(byte[] packed) {
    this.packed = packed;
  }

  /** Adds the lines to the digest of their file. */
  public void addTo(MessageDigest sha256) throws IOException {
    byte[] piece = new byte[PIECE];
    try (InputStream lines = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      for (int length = lines.read(piece); length >= 0; length = lines.read(piece)) {
        sha256.update(piece, 0, length);
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordLines lines && Arrays.equals(packed, lines.packed);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(packed);
  }

  /** Collects the lines while a block is read. */
  static final class Writer {
    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
    private final DeflaterOutputStream lines = new DeflaterOutputStream(packed);

    void add(StreamedRecord row) throws IOException {
      lines.write((row.key() + '\0' + row.bytes().length + '\n').getBytes(UTF_8));
    }

    RecordLines end() throws IOException {
      lines.close();
      return new RecordLines(packed.toByteArray());
    }
  }
}
