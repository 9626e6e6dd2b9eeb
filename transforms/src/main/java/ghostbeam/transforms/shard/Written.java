package ghostbeam.transforms.shard;

import java.io.Serializable;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * What writing shards gives: every whole shard and, once, what the source is.
 *
 * <p>The summary travels with the shards and is no side input. Where two ways lead from one step to
 * another, Flink holds a step's output back until it ends. Such a step takes its network buffers
 * before it starts, and waits for ever for them if a step before it, which hands images on, has
 * filled all there are.
 */
@DefaultCoder(SerializableCoder.class)
sealed interface Written extends Serializable permits WholeShard, SourceSummary {}
