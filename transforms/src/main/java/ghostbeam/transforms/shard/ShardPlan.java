package ghostbeam.transforms.shard;

import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.fetch.ImageReader;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.ingest.ImageRefCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;

/**
 * The images of one shard, read in place.
 *
 * @param shard index of the shard, from 0
 * @param shards number of shards
 * @param images in record order
 */
public record ShardPlan(int shard, int shards, List<ImageRef> images)
    implements ShardMaker.Content, RangedShards.PlanOutput {
  private static final Counter BYTES_READ = Metrics.counter(WriteShards.class, "bytes_read");

  /** Increment whenever the same plan and settings would give other bytes. */
  private static final int WORK_VERSION = 2;

  private static final int FEWEST_SHARDS = 8;
  private static final int MOST_SHARDS = 1024;
  private static final int IMAGES_PER_SHARD = 1250;

  /**
   * Shuffles all images and divides them into shards whose sizes differ by at most one. Java
   * specifies both {@code Collections.shuffle} and {@code java.util.Random} exactly, so a plan is
   * the same on every machine.
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

  /** Digest of the plan, its images' extents, the preparation and the codec. */
  @Override
  public String work(Preparation preparation, String codec) {
    MessageDigest sha256 = Sha256.begin();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), sha256)) {
      ShardPlanCoder.of().encode(this, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String settings = WORK_VERSION + " " + preparation.toManifest(codec);
    sha256.update(settings.getBytes(StandardCharsets.UTF_8));
    return Sha256.end(sha256);
  }

  @Override
  public long sourceBytes() {
    return images.stream().mapToLong(image -> image.extent().bytes()).sum();
  }

  @Override
  public void forEach(Storage storage, ShardMaker.Sink sink) throws IOException {
    try (ImageReader reader = new ImageReader(storage, images)) {
      for (ImageRef image : images) {
        sink.take(image, reader::next);
      }
      BYTES_READ.inc(reader.bytesRead());
    }
  }

  /** About 1,250 images per shard, 8 to 1,024 shards, never more shards than images. */
  static int usualShards(int images) {
    long wanted = (images - 1L) / IMAGES_PER_SHARD + 1;
    return (int) Math.min(images, Math.max(FEWEST_SHARDS, Math.min(MOST_SHARDS, wanted)));
  }

  /** Encodes the components in order; deterministic. */
  static final class ShardPlanCoder extends AtomicCoder<ShardPlan> {
    private static final ShardPlanCoder INSTANCE = new ShardPlanCoder();
    private static final VarIntCoder INT = VarIntCoder.of();
    private static final ListCoder<ImageRef> IMAGES = ListCoder.of(ImageRefCoder.of());

    private ShardPlanCoder() {}

    static ShardPlanCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(ShardPlan plan, OutputStream out) throws IOException {
      INT.encode(plan.shard(), out);
      INT.encode(plan.shards(), out);
      IMAGES.encode(plan.images(), out);
    }

    @Override
    public ShardPlan decode(InputStream in) throws IOException {
      int shard = INT.decode(in);
      int shards = INT.decode(in);
      return new ShardPlan(shard, shards, List.copyOf(IMAGES.decode(in)));
    }
  }
}
