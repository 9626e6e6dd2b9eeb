package ghostbeam.pipelines.average;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code average}; those that {@code evaluate} has too are its own. */
public interface AverageOptions extends PipelineOptions {

  @Validation.Required
  @Description(
      "Checkpoints of one network, comma-separated: files, globs, or folders, which stand for the"
          + " .safetensors files in them and in their checkpoints/ folder. Copies count once."
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
      "Choose which to average: from the best on, each of the others, best first, stays in the mean"
          + " if that does not lower its Top-1 on --data, --split. What was chosen so is too good on"
          + " that split, where reports mark it: judge it on other images. Default: false, the mean"
          + " of all. Example: --greedy")
  @Default.Boolean(false)
  boolean isGreedy();

  void setGreedy(boolean greedy);

  @Description(
      "With --greedy: folder of a finished dataset, as preprocess writes it. Local path or gs://,"
          + " s3:// URI. Example: --data=imagenet-records")
  String getData();

  void setData(String data);

  @Description(
      "With --greedy: the split of the dataset to choose on. Default: val. Example: --split=half")
  @Default.String("val")
  String getSplit();

  void setSplit(String split);
}
