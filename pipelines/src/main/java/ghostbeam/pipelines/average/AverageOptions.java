package ghostbeam.pipelines.average;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code average}; with {@code --greedy} it also takes those of {@code evaluate}. */
public interface AverageOptions extends PipelineOptions {

  @Validation.Required
  @Description(
      "Checkpoints of one network, comma-separated: files, globs, or folders, whose .safetensors"
          + " files are taken, also from a checkpoints/ folder in them. Copies count once."
          + " Required. Example: --checkpoints=runs/a/checkpoints/epoch-*.ema.safetensors")
  String getCheckpoints();

  void setCheckpoints(String checkpoints);

  @Validation.Required
  @Description(
      "Checkpoint to write, ending in .safetensors. Local path or gs://, s3:// URI. Required."
          + " Example: --to=mean.safetensors")
  String getTo();

  void setTo(String to);

  @Description(
      "Choose which to average: starting from the best, each of the others, best first, is added to"
          + " the mean if that does not lower its Top-1 on --data, --split. The result is biased on"
          + " that split, where reports mark it: evaluate it on other images. Default: false, the"
          + " mean of all. Example: --greedy")
  @Default.Boolean(false)
  boolean isGreedy();

  void setGreedy(boolean greedy);

  @Description(
      "With --greedy: folder of a finished dataset, as written by preprocess. Local path or gs://,"
          + " s3:// URI. Example: --data=imagenet-records")
  String getData();

  void setData(String data);

  @Description(
      "With --greedy: the split of the dataset to choose on. Default: val. Example: --split=half")
  @Default.String("val")
  String getSplit();

  void setSplit(String split);
}
