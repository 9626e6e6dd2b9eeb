import java.util.Arrays;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * How long all of ImageNet takes on clusters of several sizes, by rates measured on one core. A
 * cluster has slots of different speeds, drawn anew for each of 200 runs; work goes to them as
 * GhostBeam deals it: shards to be written like cards, batches to be scored as slots ask for them.
 * Prints the rows of the table in CLUSTER.md, median times.
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

  /** By default; a slot alone in its worker takes a checkpoint's weights so many times. */
  private static final double MODEL_MEMORY_MEGABYTES = 4_295;

  private static final double COPIES = 3.25;

  /** As PlanBatches has it. */
  private static final int PARTS_PER_SLOT = 32;

  // Of one core while the other was as busy, by model/PERFORMANCE.md as of 2026-11-27.
  private static final double RESIZED_PER_S = 474;
  private static final double ORIGINAL_PER_S = 1_114;
  private static final double LEARNED_PER_S = 27;

  /**
   * With ghostnet-1x's 163 forward passes a second, the 144 images that a slot was seen to score.
   */
  private static final double PREPARED_PER_S = 1_200;

  private static final double START_S = 7;

  /** By PlanningScaleTest. */
  private static final double PLAN_S = 13;

  private static final int IMAGES_PER_RANK = 32;
  private static final double GRADIENT_MEGABYTES = 20.8;

  // Assumed, not measured: a further pass's start, and a message from one machine to another.
  private static final double PASS_S = 2;
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
    // Seconds to load a checkpoint, its parameters in millions, and forward passes a second.
    sizing.print("evaluate one ghostnet-1x", sizing.evaluate(1, 0.1, 5.2, 163));
    sizing.print("evaluate 32 s-ghostnet-b1", sizing.evaluate(32, 0.15, 11.9, 48));
    sizing.print("evaluate 32 s-ghostnet-b4", sizing.evaluate(32, 0.5, 32.0, 6.8));
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

  /** Each slot has as many shards. */
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

  /** In each pass a slot reads and loads what fits of the checkpoints, then scores. */
  private Job evaluate(
      int checkpoints, double loadSeconds, double millionParameters, double scoredPerSecond) {
    double megabytes = 4 * millionParameters;
    int fit = (int) Math.min(checkpoints, MODEL_MEMORY_MEGABYTES / (megabytes * COPIES));
    double readSeconds = megabytes * slotsPerMachine / (gigabits * 125);
    return speeds -> {
      double seconds = START_S - PASS_S;
      for (int left = checkpoints; left > 0; left -= fit) {
        int some = Math.min(fit, left);
        double batchSeconds = BATCH * (some / scoredPerSecond + 1 / PREPARED_PER_S);
        seconds += pass(speeds, some * readSeconds, some * loadSeconds, batchSeconds);
      }
      return seconds;
    };
  }

  private static double pass(
      double[] speeds, double readSeconds, double loadSeconds, double batchSeconds) {
    int batches = (VALIDATION_IMAGES + BATCH - 1) / BATCH;
    int part = Math.max(1, batches / (speeds.length * PARTS_PER_SLOT));
    PriorityQueue<double[]> slots = new PriorityQueue<>((a, b) -> Double.compare(a[0], b[0]));
    for (double speed : speeds) {
      slots.add(new double[] {readSeconds + loadSeconds / speed, speed});
    }
    double end = 0;
    for (int left = batches; left > 0; left -= part) {
      double[] next = slots.remove();
      next[0] += Math.min(part, left) * batchSeconds / next[1];
      end = Math.max(end, next[0]);
      slots.add(next);
    }
    return PASS_S + end;
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
