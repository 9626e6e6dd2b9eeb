package ghostbeam.transforms.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Comparator;

/**
 * Where a record is to lie: in which shard, and in it in the order of hashes, which the seed, its
 * file's name in the source and its position in the file alone decide. The hash is as random as
 * SHA-256, of which it is the first 64 bits.
 *
 * @param hash unsigned
 * @param file its name in the source
 * @param position in the file, from 0
 * @param piece of the record, from 0
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

  /** Of another piece of the same record. */
  Placement ofPiece(int number) {
    return new Placement(shard, hash, file, position, number);
  }

  @Override
  public int compareTo(Placement other) {
    return ORDER.compare(this, other);
  }
}
