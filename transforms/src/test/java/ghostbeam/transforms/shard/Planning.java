package ghostbeam.transforms.shard;

import com.sun.management.OperatingSystemMXBean;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageSource;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.List;

/** A process that lists and plans a source and encodes the plans, and prints the cost. */
final class Planning {
  private Planning() {}

  /**
   * Prints {@code <images> <shards> <milliseconds>}, where the time is CPU time, which does not
   * depend on other processes.
   */
  public static void main(String[] args) throws IOException {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long start = process.getProcessCpuTime();
    ImageListing listing = ImageListing.of(Storage.local(), ImageSource.of(args[0], "train"));
    List<ShardPlan> plans = ShardPlan.of(listing.images(), 1024, 1);
    SourceSummary.of(args[0], listing);
    for (ShardPlan plan : plans) {
      ShardPlan.ShardPlanCoder.of().encode(plan, OutputStream.nullOutputStream());
    }
    long millis = (process.getProcessCpuTime() - start) / 1_000_000;
    System.out.println(listing.images().size() + " " + plans.size() + " " + millis);
  }
}
