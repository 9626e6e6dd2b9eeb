/** How labelled images are kept: TFRecord shards of tf.train.Example, their index and manifest. */
package ghostbeam.model.record;
