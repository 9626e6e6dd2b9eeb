package ghostbeam.transforms.shard;

import ghostbeam.transforms.ingest.ImageRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * What one shard is to hold.
 *
 * @param shard which one, from 0
 * @param shards of how many
 * @param images in the order of their records
 */
@DefaultCoder(ShardPlanCoder.class)
record ShardPlan(int shard, int shards, List<ImageRef> images) {
  private static final int FEWEST_SHARDS = 8;
  private static final int MOST_SHARDS = 1024;
  private static final int IMAGES_PER_SHARD = 1250;

  /**
   * Cuts a random order of all images into shards whose sizes differ by at most one. The order is
   * that of {@code Collections.shuffle} by {@code java.util.Random}, both of which Java specifies
   * to the digit, so a plan is the same on every machine.
   *
   * @param images in a fixed order
   */
  static List<ShardPlan> of(List<ImageRef> images, int shards, long seed) {
    List<ImageRef> order = new ArrayList<>(images);
    Collections.shuffle(order, new Random(seed));
    List<ShardPlan> plans = new ArrayList<>(shards);
    for (int shard = 0; shard < shards; shard++) {
      int from = (int) ((long) shard * order.size() / shards);
      int to = (int) ((shard + 1L) * order.size() / shards);
      plans.add(new ShardPlan(shard, shards, List.copyOf(order.subList(from, to))));
    }
    return plans;
  }

  /** About 1,250 images a shard, 8 to 1,024 shards, never more shards than images. */
  static int usualShards(int images) {
    int wanted = (images + IMAGES_PER_SHARD - 1) / IMAGES_PER_SHARD;
    return Math.min(images, Math.max(FEWEST_SHARDS, Math.min(MOST_SHARDS, wanted)));
  }
}
