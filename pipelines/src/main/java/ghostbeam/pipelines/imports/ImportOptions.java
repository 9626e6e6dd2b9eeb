package ghostbeam.pipelines.imports;

import ghostbeam.pipelines.cli.NetworkOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code import}. */
public interface ImportOptions extends NetworkOptions {

  @Validation.Required
  @Description(
      "File of weights: PyTorch's (.pth, .pt, .bin, .pth.tar: a state dict, or a training's"
          + " checkpoint that holds one), safetensors with PyTorch's or timm's names, or"
          + " MindSpore's (.ckpt). Nothing in it is run. Local path or gs://, s3:// URI."
          + " Required. Example: --from=ghostnet_1x.pth")
  String getFrom();

  void setFrom(String from);

  @Validation.Required
  @Description(
      "Checkpoint to write, ending in .safetensors. Required. Example: --to=ghostnet.safetensors")
  String getTo();

  void setTo(String to);

  @Description(
      "Which weights of a PyTorch training's checkpoint: raw (its state_dict or model) or ema (its "
          + "state_dict_ema or model_ema). Default: raw. Example: --weights=ema")
  @Default.String("raw")
  String getWeights();

  void setWeights(String weights);

  @Description(
      "Folder of a dataset whose class names, in its order, the checkpoint gets; evaluate matches "
          + "classes by name. Default: none, classes are named by their numbers. Example: "
          + "--data=imagenet-records")
  @Default.String("")
  String getData();

  void setData(String data);

  @Description(
      "Side of validation's centre crop over the resized shorter side. Default: 0.875. Example: "
          + "--cropFraction=1")
  @Default.Double(0.875)
  double getCropFraction();

  void setCropFraction(double cropFraction);

  @Description("Replace an existing file at --to. Default: false. Example: --overwrite")
  @Default.Boolean(false)
  boolean isOverwrite();

  void setOverwrite(boolean overwrite);
}
