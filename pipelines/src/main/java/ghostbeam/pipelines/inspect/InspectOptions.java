package ghostbeam.pipelines.inspect;

import ghostbeam.pipelines.preprocess.SourceOptions;
import ghostbeam.pipelines.train.AugmentationOptions;
import ghostbeam.pipelines.train.RecipeOptions;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;

/** Flags of {@code inspect}. */
public interface InspectOptions extends SourceOptions, RecipeOptions, AugmentationOptions {

  @Hidden
  @Description(
      "Folders of datasets, of a training or of an evaluation, shard file, checkpoint file or"
          + " preset name; given without a flag.")
  List<String> getWhat();

  void setWhat(List<String> what);

  @Description(
      "Look at what preprocess would read, instead of at a dataset or network: its format, files,"
          + " bytes, first keys and their labels, and counts where an index has them. Writes"
          + " nothing. --split, --format, --classes, --labels and --labelOffset work as in"
          + " preprocess. Example: --input=gs://bucket/imagenet-wds")
  @Default.String("")
  String getInput();

  void setInput(String input);

  @Description(
      "List images of identical pixels within the dataset and across its splits, reading every"
          + " record. Several datasets are always compared. Example: --duplicates")
  @Default.Boolean(false)
  boolean isDuplicates();

  void setDuplicates(boolean duplicates);

  @Description(
      "Write a PNG grid of a dataset's training images as training sees them: one row per image,"
          + " first uncropped, then in epoch 1, 2, 3 and so on; mixing treats each column as a"
          + " batch. Takes train's --recipe and augmentation flags. Local path or gs://, s3://"
          + " URI. Example: --contactSheet=sheet.png")
  @Default.String("")
  String getContactSheet();

  void setContactSheet(String contactSheet);

  @Description(
      "Contact sheet: bicubic filter, as train's --interpolation: opencv (the"
          + " original recipe's), torchvision (its and timm's) or pillow. Default: torchvision."
          + " Example: --interpolation=opencv")
  @Default.String("torchvision")
  String getInterpolation();

  void setInterpolation(String interpolation);

  @Description("Contact sheet: side of an image in pixels, 8 to 512. Example: --inputSize=128")
  @Default.Integer(128)
  int getInputSize();

  void setInputSize(int inputSize);

  @Description("Contact sheet: as train's --seed. Example: --seed=7")
  @Default.Long(1)
  long getSeed();

  void setSeed(long seed);

  @Description("Print one JSON object instead of lines for people. Example: --json")
  @Default.Boolean(false)
  boolean isJson();

  void setJson(boolean json);
}
