package ghostbeam.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ghostbeam.model.distributed.Collective;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.zip.CRC32C;

/** Collective operations on arrays, in place. */
public final class ArrayExchange {
  private ArrayExchange() {}

  /**
   * All-reduces an array: replaces it by its sum over all ranks.
   *
   * @param array dense, FLOAT32 or FLOAT64
   */
  static void sum(Collective collective, NDArray array) {
    if (collective.size() == 1) {
      return;
    }
    ByteBuffer memory = array.toByteBuffer(true);
    if (array.getDataType() == DataType.FLOAT64) {
      collective.sumDoubles(memory);
    } else {
      collective.sumFloats(memory);
    }
  }

  /** Replaces an array by rank 0's. */
  public static void broadcast(Collective collective, NDArray array) {
    if (collective.size() > 1) {
      collective.broadcast(array.toByteBuffer(true));
    }
  }

  /** A 32-bit checksum of the arrays' bytes. */
  public static long digest(Collection<NDArray> arrays) {
    CRC32C digest = new CRC32C();
    arrays.forEach(array -> digest.update(array.toByteBuffer(true)));
    return digest.getValue();
  }
}
