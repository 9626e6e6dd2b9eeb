package ghostbeam.transforms.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Comparator;

/**
 * A record's place in the dataset: its shard and its order there. Both follow from a hash, the
 * first 64 bits of SHA-256 of the seed, the file's name in the source and the record's position in
 * the file.
 *
 * @param shard index of the shard, from 0
 * @param hash unsigned; orders the records of a shard
 * @param file name of the record's file in the source
 * @param position of the record in the file, from 0
 * @param piece index of the piece of the record, from 0
 */
public record Placement(int shard, long hash, String file, long position, int piece)
    implements Comparable<Placement> {
  private static final Comparator<Placement> ORDER =
      Comparator.<Placement>comparingLong(place -> place.hash ^ Long.MIN_VALUE)
          .thenComparing(Placement::file, Storage.BYTE_ORDER)
          .thenComparingLong(Placement::position)
          .thenComparingInt(Placement::piece);

  static Placement of(long seed, String file, long position, int shards) {
    MessageDigest sha256 = Sha256.begin();
    sha256.update(ByteBuffer.allocate(2 * Long.BYTES).putLong(seed).putLong(position).flip());
    sha256.update(file.getBytes(UTF_8));
    long hash = ByteBuffer.wrap(sha256.digest()).getLong();
    return new Placement((int) Long.remainderUnsigned(hash, shards), hash, file, position, 0);
  }

  /** The placement of another piece of the same record. */
  Placement ofPiece(int number) {
    return new Placement(shard, hash, file, position, number);
  }

  @Override
  public int compareTo(Placement other) {
    return ORDER.compare(this, other);
  }
}
