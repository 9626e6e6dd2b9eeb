package ghostbeam.pipelines.imports;

import ghostbeam.pipelines.cli.NetworkOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code import}. */
public interface ImportOptions extends NetworkOptions {

  @Validation.Required
  @Description(
      "File of weights: a MindSpore checkpoint (.ckpt) or safetensors with PyTorch's or timm's "
          + "names. Local path or gs://, s3:// URI. Required. Example: --from=ghostnet_100.safetensors")
  String getFrom();

  void setFrom(String from);

  @Validation.Required
  @Description(
      "Checkpoint to write, ending in .safetensors. Required. Example: --to=ghostnet.safetensors")
  String getTo();

  void setTo(String to);

  @Description(
      "Folder of a dataset whose classes the network tells apart, in its order; evaluate needs the "
          + "names. Default: none, classes are named by their numbers. Example: "
          + "--data=imagenet-records")
  @Default.String("")
  String getData();

  void setData(String data);

  @Description(
      "Validation's centre crop over the resized shorter side. Default: 0.875. Example: "
          + "--cropFraction=1")
  @Default.Double(0.875)
  double getCropFraction();

  void setCropFraction(double cropFraction);

  @Description("Replace a file that --to already names. Default: false. Example: --overwrite")
  @Default.Boolean(false)
  boolean isOverwrite();

  void setOverwrite(boolean overwrite);
}
