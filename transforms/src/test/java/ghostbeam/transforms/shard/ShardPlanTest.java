package ghostbeam.transforms.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.source.Extent;
import ghostbeam.transforms.source.Packing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.beam.sdk.testing.CoderProperties;
import org.junit.jupiter.api.Test;

class ShardPlanTest {
  private static final List<ImageRef> IMAGES =
      IntStream.range(0, 1003)
          .mapToObj(
              i ->
                  new ImageRef(
                      "n1/" + i,
                      i % 7,
                      Extent.stored(new Storage.Entry("a.zip", 9, ""), i, 1, packing(0))))
          .toList();

  @Test
  void distributesEveryImageOnceIntoShardsOfEqualSize() {
    List<ShardPlan> plans = ShardPlan.of(IMAGES, 10, 1);

    List<ImageRef> dealt = plans.stream().flatMap(plan -> plan.images().stream()).toList();
    assertEquals(IMAGES.size(), dealt.size());
    assertEquals(new HashSet<>(IMAGES), new HashSet<>(dealt));
    for (int shard = 0; shard < plans.size(); shard++) {
      assertEquals(shard, plans.get(shard).shard());
      assertTrue(Math.abs(plans.get(shard).images().size() - 100.5) < 1);
    }
  }

  @Test
  void orderDependsOnlyOnTheSeed() {
    assertEquals(order(1, 1), order(10, 1));
    assertNotEquals(order(10, 1), order(10, 2));
  }

  @Test
  void planIsStableAcrossVersions() {
    List<String> first = order(3, 1).stream().limit(4).map(ImageRef::key).toList();

    assertEquals(List.of("n1/589", "n1/820", "n1/230", "n1/496"), first);
  }

  @Test
  void derivesTheNumberOfShardsFromTheNumberOfImages() {
    assertEquals(2, ShardPlan.usualShards(2));
    assertEquals(8, ShardPlan.usualShards(6000));
    assertEquals(40, ShardPlan.usualShards(50_000));
    assertEquals(1024, ShardPlan.usualShards(1_281_167));
    assertEquals(1024, ShardPlan.usualShards(14_197_122));
    assertEquals(1024, ShardPlan.usualShards(Integer.MAX_VALUE));
  }

  @Test
  void survivesItsCoder() throws Exception {
    ShardPlan plan = ShardPlan.of(IMAGES, 10, 1).get(3);

    CoderProperties.coderDecodeEncodeEqual(ShardPlan.ShardPlanCoder.of(), plan);
    CoderProperties.coderSerializable(ShardPlan.ShardPlanCoder.of());
  }

  /** Otherwise a dataset begun by an earlier version could not be resumed. */
  @Test
  void workDigestIsStableAcrossVersions() {
    List<ImageRef> images = new ArrayList<>();
    for (int code : new int[] {0, 3, 1, 2}) {
      String name = List.of("PLAIN", "ZIP_STORED", "ZIP_DEFLATED", "TAR").get(code);
      Extent extent = new Extent("s3://b/é.zip", "v7", 1L << 40, 300, packing(code), 1L << 33, 77);
      images.add(new ImageRef("n1/ü" + name, 999, extent));
    }

    assertEquals(
        "sha256:b6848af7f421509f0c2797ca43af7245a377ed14fb30438a606aed7b48e8cee0",
        new ShardPlan(3, 8, images)
            .work(new Preparation(Preparation.Encoding.RESIZED, 256, 95), "opencv"));
  }

  private static Packing packing(int code) {
    return new Packing.Stored(code, code == 0);
  }

  private static List<ImageRef> order(int shards, long seed) {
    return ShardPlan.of(IMAGES, shards, seed).stream()
        .flatMap(plan -> plan.images().stream())
        .toList();
  }
}
