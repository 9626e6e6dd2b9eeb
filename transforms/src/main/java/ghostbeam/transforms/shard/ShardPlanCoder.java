package ghostbeam.transforms.shard;

import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.ingest.ImageRefCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Components in their order; deterministic. */
final class ShardPlanCoder extends AtomicCoder<ShardPlan> {
  private static final ShardPlanCoder INSTANCE = new ShardPlanCoder();
  private static final VarIntCoder INT = VarIntCoder.of();
  private static final ListCoder<ImageRef> IMAGES = ListCoder.of(ImageRefCoder.of());

  private ShardPlanCoder() {}

  static ShardPlanCoder of() {
    return INSTANCE;
  }

  /** What {@code @DefaultCoder} asks for. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(ShardPlan.class), INSTANCE);
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
