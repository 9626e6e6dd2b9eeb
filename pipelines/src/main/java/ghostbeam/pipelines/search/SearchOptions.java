package ghostbeam.pipelines.search;

import ghostbeam.model.network.Preset;
import ghostbeam.model.recipe.RecipeChoice;
import ghostbeam.pipelines.train.TrainOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code search}; those of the candidates' recipe are train's. */
@Description("search:")
public interface SearchOptions extends TrainOptions {

  @Override
  @Validation.Required
  @Description(
      "Folder of a finished dataset with train and val splits, as preprocess writes it. Local path "
          + "or gs://, s3:// URI. Required. Example: --data=imagenet-records")
  String getData();

  @Override
  void setData(String data);

  @Override
  @Validation.Required
  @Description(
      "Folder for search.json, search.html and all trainings. The same command again resumes the "
          + "search in it and repeats no finished training. Local path or gs://, s3:// URI. Required. "
          + "Example: --output=runs/search")
  String getOutput();

  @Override
  void setOutput(String output);

  @Validation.Required
  @Description(
      "Cost of the network to find: multiply-adds for one image, as ./run inspect counts them, with "
          + "a last layer for all of the data's classes; more than the first network's. Required. "
          + "Example: --multiplyAdds=600000000")
  long getMultiplyAdds();

  void setMultiplyAdds(long multiplyAdds);

  @Description(
      "Published network to start from, one of six stages; --layers, --channels and --large replace "
          + "it. Default: bignet-1x. Example: --from=s-ghostnet-b1")
  @Default.Enum("BIGNET_1X")
  Preset getFrom();

  void setFrom(Preset from);

  @Override
  @Description(
      "Blocks in each of the six stages of a custom network to start from, comma-separated; needs "
          + "--channels and replaces --from. Example: --layers=1,2,2,4,2,5")
  @Default.String("")
  String getLayers();

  @Override
  void setLayers(String layers);

  @Override
  @Description(
      "Side of the first network's square images in pixels, 8 to 4096. Default: 0, that of --from "
          + "(224 for a custom network). Example: --inputSize=64")
  @Default.Integer(0)
  int getInputSize();

  @Override
  void setInputSize(int inputSize);

  @Description(
      "Number of steps; the cost grows by the same factor at each. A step trains a candidate for each "
          + "stage's width, each stage's depth and the resolution. Default: 2. Example: --steps=4")
  @Default.Integer(2)
  int getSteps();

  void setSteps(int steps);

  @Description(
      "Classes of the proxy task on which candidates are compared, chosen by --seed; all where there "
          + "are fewer. Default: 100. Example: --proxyClasses=50")
  @Default.Integer(100)
  int getProxyClasses();

  void setProxyClasses(int proxyClasses);

  @Description(
      "Training images of each of these classes, chosen by --seed; all where there are fewer. "
          + "Validation is on all of the classes' images. Default: 500. Example: --proxyImages=250")
  @Default.Integer(500)
  int getProxyImages();

  void setProxyImages(int proxyImages);

  @Description(
      "Also train, at each step's cost, the first network scaled uniformly in depth, width and "
          + "resolution, and test what was found against it on the same images. Default: false. "
          + "Example: --uniform")
  @Default.Boolean(false)
  boolean isUniform();

  void setUniform(boolean uniform);

  @Override
  @Description(
      "Recipe of flags that are not given: published, here the original except for --epochs, "
          + "--batchSize, --lrMax and --emaDecay, whatever the network's own; small, for a few "
          + "thousand images and some minutes. Default: published. Example: --recipe=small")
  @Default.Enum("PUBLISHED")
  RecipeChoice getRecipe();

  @Override
  void setRecipe(RecipeChoice recipe);

  @Override
  @Description("Passes of each training over the proxy task. Default: 30. Example: --epochs=10")
  int getEpochs();

  @Override
  void setEpochs(int epochs);

  @Override
  @Description(
      "Images per batch; a step uses --accumulate times as many. Default: 64. Example: "
          + "--batchSize=32")
  int getBatchSize();

  @Override
  void setBatchSize(int batchSize);

  @Override
  @Description(
      "Learning rate when warm-up ends; not for cosine_step. Default: 0.1. Example: --lrMax=0.05")
  double getLrMax();

  @Override
  void setLrMax(double lrMax);

  @Override
  @Description(
      "Decay of the moving average of all weights, which is then scored instead of the last "
          + "weights; 0 for none. Default: 0. Example: --emaDecay=0.99")
  double getEmaDecay();

  @Override
  void setEmaDecay(double emaDecay);

  @Override
  @Description("Replace a search that --output already holds. Default: false. Example: --overwrite")
  @Default.Boolean(false)
  boolean isOverwrite();

  @Override
  void setOverwrite(boolean overwrite);
}
