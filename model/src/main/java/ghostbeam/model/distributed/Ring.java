package ghostbeam.model.distributed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.function.BiConsumer;

/**
 * Ring all-reduce. Values are divided into as many parts as there are ranks. Each part travels
 * around the ring once, summed rank by rank (reduce-scatter), and once more to distribute its sum
 * (all-gather). So every rank moves the same amount of data, and each part is summed in one fixed
 * order.
 */
final class Ring implements Collective {
  /** A single rank, without neighbours. */
  static final Ring OF_ONE = new Ring(0, 1, null, 0);

  /** Small enough to stay in the processor's cache between arrival and addition. */
  private static final int PIECE_BYTES = 1 << 18;

  private final int rank;
  private final int size;
  private final Neighbors neighbors;
  private final ByteBuffer piece;
  private final float[] floats;
  private final double[] doubles;

  /** A rank connected to its neighbours, which are closed with this object. */
  Ring(int rank, int size, Neighbors neighbors) {
    this(rank, size, neighbors, PIECE_BYTES);
  }

  private Ring(int rank, int size, Neighbors neighbors, int pieceBytes) {
    this.rank = rank;
    this.size = size;
    this.neighbors = neighbors;
    this.piece = ByteBuffer.allocateDirect(pieceBytes).order(ByteOrder.nativeOrder());
    this.floats = new float[2 * pieceBytes / Float.BYTES];
    this.doubles = new double[2 * pieceBytes / Double.BYTES];
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void sumFloats(ByteBuffer values) {
    sum(values, Float.BYTES, this::addFloats);
  }

  @Override
  public void sumDoubles(ByteBuffer values) {
    sum(values, Double.BYTES, this::addDoubles);
  }

  private void sum(ByteBuffer values, int width, BiConsumer<ByteBuffer, ByteBuffer> add) {
    for (int step = 0; step < size - 1; step++) {
      ByteBuffer out = part(values, rank - step, width);
      ByteBuffer in = part(values, rank - step - 1, width);
      while (in.hasRemaining()) {
        piece.clear().limit(Math.min(piece.capacity(), in.remaining()));
        neighbors.receive(piece, out);
        add.accept(in, piece.flip());
        in.position(in.position() + piece.limit());
      }
      neighbors.send(out);
    }
    for (int step = 0; step < size - 1; step++) {
      ByteBuffer out = part(values, rank - step + 1, width);
      neighbors.receive(part(values, rank - step, width), out);
      neighbors.send(out);
    }
  }

  /** The part with a number, modulo the number of ranks. */
  private ByteBuffer part(ByteBuffer values, int number, int width) {
    int part = Math.floorMod(number, size);
    long count = values.remaining() / width;
    int from = (int) (count * part / size) * width;
    int to = (int) (count * (part + 1) / size) * width;
    return values.slice(values.position() + from, to - from).order(ByteOrder.nativeOrder());
  }

  // The JIT vectorises loops over arrays, but not over buffers.

  private void addFloats(ByteBuffer sums, ByteBuffer more) {
    FloatBuffer to = sums.asFloatBuffer();
    FloatBuffer from = more.asFloatBuffer();
    int count = from.remaining();
    to.get(0, floats, 0, count);
    from.get(0, floats, count, count);
    for (int i = 0; i < count; i++) {
      floats[i] += floats[count + i];
    }
    to.put(0, floats, 0, count);
  }

  private void addDoubles(ByteBuffer sums, ByteBuffer more) {
    DoubleBuffer to = sums.asDoubleBuffer();
    DoubleBuffer from = more.asDoubleBuffer();
    int count = from.remaining();
    to.get(0, doubles, 0, count);
    from.get(0, doubles, count, count);
    for (int i = 0; i < count; i++) {
      doubles[i] += doubles[count + i];
    }
    to.put(0, doubles, 0, count);
  }

  @Override
  public void broadcast(ByteBuffer values) {
    if (rank > 0) {
      neighbors.receive(values.slice(), values.slice(0, 0));
    }
    if (rank < size - 1) {
      neighbors.send(values.slice());
    }
  }

  @Override
  public void close() {
    if (neighbors != null) {
      neighbors.close();
    }
  }
}
