/** Files that TensorBoard reads: TensorFlow's Event messages in TFRecord's frames. */
package ghostbeam.model.tensorboard;
