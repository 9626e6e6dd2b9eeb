package ghostbeam.pipelines.train;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Flags of training on several ranks. */
@Description("ranks:")
public interface GangOptions extends PipelineOptions {

  @Description(
      "Number of ranks, each in its own slot: on embedded Flink they share this "
          + "machine's cores, on a cluster they run wherever slots are free. Default: 1. Example: "
          + "--ranks=8")
  @Default.Integer(1)
  int getRanks();

  void setRanks(int ranks);

  @Description(
      "Take batch norm's statistics over all ranks' images rather than each rank's own, so that "
          + "N ranks learn as one rank of N times --batchSize would. Default: false. Example: "
          + "--syncBn")
  boolean isSyncBn();

  void setSyncBn(boolean syncBn);

  @Description(
      "Processor threads of each rank. Default: 0, this machine's cores divided by --ranks. "
          + "Example: --rankThreads=4")
  @Default.Integer(0)
  int getRankThreads();

  void setRankThreads(int rankThreads);

  @Description(
      "Seconds that a rank waits for the others before the training fails: for all to start, and"
          + " in each step. Default: 50. Example: --rankTimeout=300")
  @Default.Integer(50)
  int getRankTimeout();

  void setRankTimeout(int rankTimeout);

  @Description(
      "How many times a training that failed, such as by a lost worker, restarts from its last"
          + " saved state, as with --resume. Default: 0. Example: --restarts=3")
  @Default.Integer(0)
  int getRestarts();

  void setRestarts(int restarts);
}
