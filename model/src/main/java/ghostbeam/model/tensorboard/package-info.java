/** Event files for TensorBoard: TensorFlow's Event messages in TFRecord framing. */
package ghostbeam.model.tensorboard;
