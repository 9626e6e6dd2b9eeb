package ghostbeam.transforms.shard;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A file beside each written shard, {@code train-00017-of-01024.receipt}, from which a later run of
 * an unfinished dataset knows that it need not write the shard again.
 *
 * @param work digest of everything that the shard's bytes depend on
 * @param indexCrc32c of the shard's index file, eight hex digits
 */
record Receipt(String work, ShardSummary summary, String indexCrc32c) implements Serializable {
  /** A receipt has an entry for each class and each rejected image. */
  private static final int LIMIT_BYTES = 64 << 20;

  private static final int BLOCK = 1 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  /**
   * The shard that an earlier run wrote, if it did the same work and both files still have the
   * bytes it wrote; reads both files.
   */
  static Optional<WrittenShard> find(DatasetFolder output, String shardFile, String work)
      throws IOException {
    Storage storage = output.storage();
    String path = output.path(DatasetFolder.receipt(shardFile));
    if (!storage.exists(path)) {
      return Optional.empty();
    }
    Optional<Receipt> receipt =
        parse(storage.readWhole(path, LIMIT_BYTES))
            .filter(found -> found.work.equals(work) && found.summary.file().equals(shardFile));
    if (receipt.isEmpty()) {
      return Optional.empty();
    }
    WrittenShard found = WrittenShard.find(output, receipt.get());
    return receipt.get().describes(output) ? Optional.of(found) : Optional.empty();
  }

  /** Whether shard and index still have the bytes that were written; reads both files. */
  boolean describes(DatasetFolder output) throws IOException {
    Storage storage = output.storage();
    String file = summary.file();
    return has(storage, output.path(file), summary.crc32c())
        && has(storage, output.path(DatasetFolder.index(file)), indexCrc32c);
  }

  void write(DatasetFolder output) throws IOException {
    String path = output.path(DatasetFolder.receipt(summary.file()));
    output.storage().writeWhole(path, ByteBuffer.wrap(JSON.writeValueAsBytes(this)));
  }

  static String crc32c(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return hex(crc);
  }

  /** A damaged receipt is ignored. */
  private static Optional<Receipt> parse(byte[] json) {
    try {
      return Optional.of(JSON.readValue(json, Receipt.class));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean has(Storage storage, String path, String crc32c) throws IOException {
    if (!storage.exists(path)) {
      return false;
    }
    CRC32C crc = new CRC32C();
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    try (SeekableByteChannel channel = storage.open(path)) {
      while (channel.read(block.clear()) >= 0) {
        crc.update(block.flip());
      }
    }
    return hex(crc).equals(crc32c);
  }

  private static String hex(CRC32C crc) {
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
