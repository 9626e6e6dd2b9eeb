package ghostbeam.model.gang;

import java.io.IOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One rank of several; its ring of sockets belongs to the thread that joined. */
final class RabitCollective implements Collective {
  private static final Logger LOG = LoggerFactory.getLogger(RabitCollective.class);

  private final Rabit rabit;
  private final int rank;
  private final int size;

  private RabitCollective(Rabit rabit, int rank, int size) {
    this.rabit = rabit;
    this.rank = rank;
    this.size = size;
  }

  /**
   * Joins the ring, once all ranks have come.
   *
   * @throws IOException where the tracker or another rank cannot be reached
   */
  static RabitCollective join(Gang gang, int rank) throws IOException {
    Rabit rabit = Rabit.library();
    rabit.logQuietly();
    // The tracker numbers ranks in the order of their tasks' names.
    String config =
        """
        {"dmlc_communicator":"rabit","dmlc_tracker_uri":"%s","dmlc_tracker_port":%d,\
        "dmlc_task_id":"%08d","dmlc_retry":3,"dmlc_timeout":%d}\
        """
            .formatted(gang.host(), gang.port(), rank, gang.patienceSeconds());
    if (rabit.XGCommunicatorInit(config) != 0) {
      throw new IOException(
          "rank %d of %d cannot join the others through %s:%d: %s"
              .formatted(rank, gang.size(), gang.host(), gang.port(), rabit.lastCause()));
    }
    return new RabitCollective(rabit, rank, gang.size());
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
  public void sum(FloatBuffer values) {
    sum(values, Rabit.FLOAT32);
  }

  @Override
  public void sum(DoubleBuffer values) {
    sum(values, Rabit.FLOAT64);
  }

  private void sum(Buffer values, int type) {
    requireAll(values);
    require(rabit.XGCommunicatorAllreduce(values, values.capacity(), type, Rabit.SUM));
  }

  @Override
  public void broadcast(ByteBuffer values) {
    requireAll(values);
    require(rabit.XGCommunicatorBroadcast(values, values.capacity(), 0));
  }

  private static void requireAll(Buffer values) {
    if (!values.isDirect() || values.remaining() != values.capacity()) {
      throw new IllegalArgumentException("not all of a direct buffer: " + values);
    }
  }

  private void require(int code) {
    if (code != 0) {
      throw new LostRankException(rabit.lastCause());
    }
  }

  @Override
  public void close() {
    if (rabit.XGCommunicatorFinalize() != 0) {
      LOG.debug("rank {} left its ring in disorder: {}", rank, rabit.lastCause());
    }
  }
}
