import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * How long all of ImageNet takes on clusters of several sizes, from rates measured on one core. A
 * run is simulated: work is dealt to slots as GhostBeam deals it, each slot has a speed of its own,
 * drawn for the run, and the slowest ends the job. Prints README's table.
 *
 * <pre>
 * java pipelines/src/sample/java/SimulateSizing.java [slots per machine] [Gbit/s per machine] [spread of speeds]
 * </pre>
 */
final class SimulateSizing {
  private static final int[] MACHINES = {1, 10, 100};
  private static final int RUNS = 200;

  /** From typing to running tasks, on a cluster. */
  private static final double START_S = 7;

  private static final int TRAIN_IMAGES = 1_281_167;
  private static final int VALIDATION_IMAGES = 50_000;
  private static final double MEGABYTES_PER_IMAGE = 0.110;
  private static final int BATCH = 16;

  private final int slotsPerMachine;
  private final double megabytesPerSecondAndSlot;
  private final double spread;

  private SimulateSizing(int slotsPerMachine, double gigabits, double spread) {
    this.slotsPerMachine = slotsPerMachine;
    this.megabytesPerSecondAndSlot = gigabits * 125 / slotsPerMachine;
    this.spread = spread;
  }

  public static void main(String[] args) {
    int slots = args.length > 0 ? Integer.parseInt(args[0]) : 16;
    double gigabits = args.length > 1 ? Double.parseDouble(args[1]) : 10;
    double spread = args.length > 2 ? Double.parseDouble(args[2]) : 0.1;
    new SimulateSizing(slots, gigabits, spread).printAll();
  }

  private void printAll() {
    System.out.printf(
        Locale.ROOT,
        "%d slots and %.0f Gbit/s a machine, speeds of slots spread by %.0f %%%n",
        slotsPerMachine,
        megabytesPerSecondAndSlot * slotsPerMachine / 125,
        100 * spread);
    // Images a second of one core, as in README's performance table.
    print("preprocess `train`, `resized`", 13, 1, slots -> shards(slots, 500, 1.0));
    print("preprocess `train`, `original`", 13, 1, slots -> shards(slots, 1_100, 1.0));
    print("evaluate one ghostnet-1x", 0.2, 1, slots -> batches(slots, 1, 160, 340));
    print("evaluate 32 s-ghostnet-b1", 0.4, 32, slots -> batches(slots, 32, 47, 340));
    print("evaluate 32 s-ghostnet-b4", 1.2, 32, slots -> batches(slots, 32, 6.7, 340));
  }

  /** Seconds of each slot's work at a speed of 1. */
  @FunctionalInterface
  private interface Deal {
    double[] to(int slots);
  }

  private void print(String work, double onceSeconds, int times, Deal deal) {
    System.out.printf(Locale.ROOT, "| %s ", work);
    for (int machines : MACHINES) {
      int slots = machines * slotsPerMachine;
      double[] shares = deal.to(slots);
      double seconds = START_S + onceSeconds * times + slowest(shares);
      System.out.printf(
          Locale.ROOT,
          "| %s (%.0f %%) ",
          text(seconds),
          100 * Arrays.stream(shares).sum() / slots / seconds);
    }
    System.out.println("|");
  }

  /** Median over runs of the time at which the last slot ends. */
  private double slowest(double[] shares) {
    Random random = new Random(1);
    double[] ends = new double[RUNS];
    for (int run = 0; run < RUNS; run++) {
      for (double share : shares) {
        double speed = Math.max(0.3, 1 + spread * random.nextGaussian());
        ends[run] = Math.max(ends[run], share / speed);
      }
    }
    Arrays.sort(ends);
    return ends[RUNS / 2];
  }

  /** As many shards as preprocess makes of so many images unless told, dealt like cards. */
  private double[] shards(int slots, double imagesPerSecond, double megabytesRead) {
    int shards = Math.min(1_024, Math.max(8, TRAIN_IMAGES / 1_000));
    double rate =
        Math.min(imagesPerSecond, megabytesPerSecondAndSlot / MEGABYTES_PER_IMAGE / megabytesRead);
    double[] shares = new double[slots];
    for (int shard = 0; shard < shards; shard++) {
      shares[shard % slots] += (double) TRAIN_IMAGES / shards / rate;
    }
    return shares;
  }

  /** Batches in even, consecutive parts. */
  private static double[] batches(int slots, int checkpoints, double perCheckpoint, double decode) {
    double secondsPerBatch = BATCH * (checkpoints / perCheckpoint + 1 / decode);
    int batches = (VALIDATION_IMAGES + BATCH - 1) / BATCH;
    double[] shares = new double[slots];
    for (int slot = 0; slot < slots; slot++) {
      long from = (long) batches * slot / slots;
      long to = (long) batches * (slot + 1) / slots;
      shares[slot] = (to - from) * secondsPerBatch;
    }
    return shares;
  }

  private static String text(double seconds) {
    return seconds < 90
        ? String.format(Locale.ROOT, "%.0f s", seconds)
        : seconds < 5_400
            ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
            : String.format(Locale.ROOT, "%.1f h", seconds / 3_600);
  }
}
