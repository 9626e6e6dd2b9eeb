package ghostbeam.pipelines.train;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Flags of training's random augmentation; they have no defaults, the recipe has. */
@Description("augmentation:")
public interface AugmentationOptions extends PipelineOptions {

  @Description(
      "Replace the colour jitter with AutoAugment's policy for ImageNet. Default: false. "
          + "Example: --autoaugment")
  boolean isAutoaugment();

  void setAutoaugment(boolean autoaugment);

  @Description(
      "Strength j of the colour jitter: brightness, contrast and saturation each change by a "
          + "factor from 1 - j to 1 + j; 0 for none. Default: 0.5. Example: --colorJitter=0.4")
  double getColorJitter();

  void setColorJitter(double colorJitter);

  @Description(
      "Smallest area of a random crop, as a share of the image. Default: 0.08. Example: "
          + "--cropScale=0.35")
  double getCropScale();

  void setCropScale(double cropScale);

  @Description(
      "Replace the colour jitter with RandAugment: LAYERS operations of timm's increasing set,"
          + " drawn for each image and each skipped half of the time, of strength MAGNITUDE from"
          + " 0 to 10; not with --autoaugment. Default: none. Example: --randAugment=2,9")
  String getRandAugment();

  void setRandAugment(String randAugment);

  @Description(
      "Probability that a box of an image, 2 to 33 % of it, is filled with noise. Default: 0."
          + " Example: --randomErasing=0.25")
  double getRandomErasing();

  void setRandomErasing(double randomErasing);

  @Description(
      "Mixup: alpha of the beta distribution of the mixing ratio. Images of a rank's batch are"
          + " mixed in pairs, first with last and so on, and so are their classes; logged losses"
          + " are those of mixed images. 0 for none. Default: 0. Example: --mixup=0.2")
  double getMixup();

  void setMixup(double mixup);

  @Description(
      "CutMix: as --mixup, but each image gets a box of its partner; with both, each applies to"
          + " half of the batches. 0 for none. Default: 0. Example: --cutmix=1")
  double getCutmix();

  void setCutmix(double cutmix);
}
