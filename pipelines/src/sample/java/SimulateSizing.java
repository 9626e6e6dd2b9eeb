import java.util.Arrays;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * How long all of ImageNet takes on clusters of several sizes, by rates measured on one core. A
 * cluster has slots of different speeds, drawn anew for each of 200 runs; work goes to them as
 * GhostBeam deals it: shards to be written like cards, batches to be scored as slots ask for them.
 * Prints the rows of README's table: the median time, and how much of it a slot works on average.
 *
 * <pre>
 * java pipelines/src/sample/java/SimulateSizing.java [slots and Gbit/s of a machine, spread of speeds]
 * java pipelines/src/sample/java/SimulateSizing.java 16 10 0.1
 * </pre>
 */
final class SimulateSizing {
  private static final int[] MACHINES = {1, 10, 100};
  private static final int RUNS = 200;

  private static final int TRAIN_IMAGES = 1_281_167;
  private static final int VALIDATION_IMAGES = 50_000;
  private static final double MEGABYTES_PER_IMAGE = 0.110;
  private static final int BATCH = 16;

  /** As PlanBatches has it. */
  private static final int PARTS_PER_SLOT = 32;

  // Measured on one core while the other was as busy; see README's performance table.
  private static final double START_S = 7;
  private static final double PLAN_S = 13;
  private static final double RESIZED_PER_S = 465;
  private static final double ORIGINAL_PER_S = 1_100;
  private static final double DECODED_PER_S = 700;
  private static final double LEARNED_PER_S = 27;

  private static final int IMAGES_PER_RANK = 32;
  private static final double GRADIENT_MEGABYTES = 20.8;

  /** Of a message between two machines; assumed, not measured. */
  private static final double HOP_S = 1e-4;

  private final int slotsPerMachine;
  private final double gigabits;
  private final double spread;

  private SimulateSizing(int slotsPerMachine, double gigabits, double spread) {
    this.slotsPerMachine = slotsPerMachine;
    this.gigabits = gigabits;
    this.spread = spread;
  }

  public static void main(String[] args) {
    int slots = args.length > 0 ? Integer.parseInt(args[0]) : 16;
    double gigabits = args.length > 1 ? Double.parseDouble(args[1]) : 10;
    double spread = args.length > 2 ? Double.parseDouble(args[2]) : 0.1;
    SimulateSizing sizing = new SimulateSizing(slots, gigabits, spread);
    sizing.print("preprocess `train`, `resized`", sizing.preprocess(RESIZED_PER_S));
    sizing.print("preprocess `train`, `original`", sizing.preprocess(ORIGINAL_PER_S));
    sizing.print("train ghostnet-1x, an epoch", sizing.train());
    sizing.print("evaluate one ghostnet-1x", sizing.evaluate(1, 0.1, 5.2, 160));
    sizing.print("evaluate 32 s-ghostnet-b1", sizing.evaluate(32, 0.15, 11.9, 47));
    sizing.print("evaluate 32 s-ghostnet-b4", sizing.evaluate(32, 0.5, 32.0, 6.7));
  }

  /** Seconds that a job takes on slots of such speeds, 1 the usual one. */
  @FunctionalInterface
  private interface Job {
    double seconds(double[] speeds);
  }

  private void print(String work, Job job) {
    StringBuilder row = new StringBuilder("| ").append(work);
    for (int machines : MACHINES) {
      double[] speeds = new double[machines * slotsPerMachine];
      double[] seconds = new double[RUNS];
      Random random = new Random(1);
      for (int run = 0; run < RUNS; run++) {
        Arrays.setAll(speeds, i -> Math.max(0.3, 1 + spread * random.nextGaussian()));
        seconds[run] = job.seconds(speeds);
      }
      Arrays.sort(seconds);
      row.append(" | ").append(text(seconds[RUNS / 2]));
    }
    System.out.println(row.append(" |"));
  }

  /** Each slot has as many shards, at least 1,024 in all. */
  private Job preprocess(double imagesPerSecond) {
    double byNetwork = gigabits * 125 / MEGABYTES_PER_IMAGE / slotsPerMachine;
    return speeds -> {
      double images = (double) TRAIN_IMAGES / speeds.length;
      double slowest = Arrays.stream(speeds).min().orElseThrow() * imagesPerSecond;
      return START_S + PLAN_S + images / Math.min(slowest, byNetwork);
    };
  }

  /** A rank a slot; a step ends with its slowest rank and the gradients' way around the ring. */
  private Job train() {
    return speeds -> {
      int ranks = speeds.length;
      double slowest = Arrays.stream(speeds).min().orElseThrow() * LEARNED_PER_S;
      double ring = 2 * (ranks - 1) * (GRADIENT_MEGABYTES / ranks / (gigabits * 125) + HOP_S);
      double steps = Math.floor((double) TRAIN_IMAGES / ranks / IMAGES_PER_RANK);
      return START_S + steps * (IMAGES_PER_RANK / slowest + ring);
    };
  }

  /** Each slot reads and loads all checkpoints, then scores. */
  private Job evaluate(
      int checkpoints, double loadSeconds, double millionParameters, double scoredPerSecond) {
    double readSeconds = 4 * millionParameters * slotsPerMachine / (gigabits * 125);
    double batchSeconds = BATCH * (checkpoints / scoredPerSecond + 1 / DECODED_PER_S);
    int batches = (VALIDATION_IMAGES + BATCH - 1) / BATCH;
    return speeds -> {
      int part = Math.max(1, batches / (speeds.length * PARTS_PER_SLOT));
      PriorityQueue<double[]> slots = new PriorityQueue<>((a, b) -> Double.compare(a[0], b[0]));
      for (double speed : speeds) {
        slots.add(
            new double[] {START_S + checkpoints * (readSeconds + loadSeconds / speed), speed});
      }
      double end = 0;
      for (int left = batches; left > 0; left -= part) {
        double[] next = slots.remove();
        next[0] += Math.min(part, left) * batchSeconds / next[1];
        end = Math.max(end, next[0]);
        slots.add(next);
      }
      return end;
    };
  }

  private static String text(double seconds) {
    if (seconds < 90) {
      return String.format(Locale.ROOT, "%.0f s", seconds);
    }
    return seconds < 5_400
        ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
        : String.format(Locale.ROOT, "%.1f h", seconds / 3_600);
  }
}
