/** One record and one shard file: tf.train.Example in TFRecord framing, with its index. */
package ghostbeam.model.record;
