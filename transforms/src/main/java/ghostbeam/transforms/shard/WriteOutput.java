package ghostbeam.transforms.shard;

import java.io.Serializable;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * The output of writing shards: every shard and, once, the source's summary.
 *
 * <p>The summary is not a side input, since Flink could deadlock: if two paths connect two steps,
 * Flink makes the exchange on one of them blocking. The step that writes to it needs its network
 * buffers before it starts, and waits for them forever if an upstream step that emits images has
 * taken all of them.
 */
@DefaultCoder(SerializableCoder.class)
sealed interface WriteOutput extends Serializable permits WrittenShard, SourceSummary {}
