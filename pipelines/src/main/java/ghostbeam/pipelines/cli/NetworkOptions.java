package ghostbeam.pipelines.cli;

import ghostbeam.model.network.Preset;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Flags that define a network. */
@Description("which network:")
public interface NetworkOptions extends PipelineOptions {

  @Description(
      "Published network; ./run inspect PRESET shows details. Default: ghostnet-1x. Example: "
          + "--preset=s-ghostnet-b1")
  @Default.Enum("GHOSTNET_1X")
  Preset getPreset();

  void setPreset(Preset preset);

  @Description(
      "Blocks in each of the six stages of a custom network, comma-separated; needs --channels "
          + "and replaces --preset. Example: --layers=1,2,2,4,2,5")
  @Default.String("")
  String getLayers();

  void setLayers(String layers);

  @Description(
      "Output channels of each of the six stages, comma-separated; needs --layers. Example: "
          + "--channels=16,24,40,80,112,160")
  @Default.String("")
  String getChannels();

  void setChannels(String channels);

  @Description(
      "With --layers and --channels: squeeze-and-excite in every block and hard-swish "
          + "outside them. Default: false. Example: --large")
  @Default.Boolean(false)
  boolean isLarge();

  void setLarge(boolean large);

  @Description(
      "Side of the square images in pixels, 8 to 4096 (ghostnetv2: from 33). Default: 0, the "
          + "preset's (224 for a custom network). Example: --inputSize=240")
  @Default.Integer(0)
  int getInputSize();

  void setInputSize(int inputSize);
}
