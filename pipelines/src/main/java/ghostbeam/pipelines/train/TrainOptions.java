package ghostbeam.pipelines.train;

import ghostbeam.model.recipe.AmpLevel;
import ghostbeam.model.recipe.OptimizerChoice;
import ghostbeam.model.recipe.ScheduleChoice;
import ghostbeam.pipelines.cli.NetworkOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/**
 * Flags of {@code train}. Those of a recipe's settings have no defaults here: the chosen recipe
 * has.
 */
@Description("training:")
public interface TrainOptions
    extends NetworkOptions, RecipeOptions, AugmentationOptions, GangOptions, BookkeepingOptions {

  @Validation.Required
  @Description(
      "Folder of a finished dataset with a train split, as preprocess writes it. Local path "
          + "or gs://, s3:// URI. Required. Example: --data=gs://bucket/imagenet-records")
  String getData();

  void setData(String data);

  @Description(
      "Folder with the val split that each epoch is validated on. Default: the folder of "
          + "--data. Example: --validation=imagenet-val")
  @Default.String("")
  String getValidation();

  void setValidation(String validation);

  @Validation.Required
  @Description(
      "Folder for checkpoints/, state/, training.jsonl, TensorBoard's events and recipe.json."
          + " Local path or gs://, s3:// URI. Required. Example: --output=runs/b1")
  String getOutput();

  void setOutput(String output);

  @Description(
      "Number of logits; must match the dataset. Default: 0, the dataset's number of classes."
          + " Example: --numClasses=1000")
  @Default.Integer(0)
  int getNumClasses();

  void setNumClasses(int numClasses);

  @Description("Passes over the data. Default: 200. Example: --epochs=450")
  int getEpochs();

  void setEpochs(int epochs);

  @Description(
      "Images per batch of each rank; a step uses --ranks times --accumulate times as many."
          + " Default: 256. Example: --batchSize=32")
  int getBatchSize();

  void setBatchSize(int batchSize);

  @Description(
      "Batches of each rank whose gradients a step accumulates, so that it learns as from one"
          + " batch of this many times --batchSize without its memory; only batch norm sees"
          + " single batches. Logs and learning rates count such steps. Default: 1. Example:"
          + " --accumulate=8")
  int getAccumulate();

  void setAccumulate(int accumulate);

  @Description(
      "Leave out an epoch's last images if they do not fill a step, so that all steps have the"
          + " same size; false makes them a smaller last step. Default: true. Example:"
          + " --dropTail=false")
  boolean isDropTail();

  void setDropTail(boolean dropTail);

  @Description(
      "Optimiser. Weight decay applies to convolutions and dense weights only, with momentum to"
          + " all but batch norm; adamw decouples it from the gradient and needs a low --lrMax."
          + " Default: sgd. Example: --opt=momentum")
  OptimizerChoice getOpt();

  void setOpt(OptimizerChoice opt);

  @Description(
      "Epsilon: inside the square root of rmsprop, outside that of adamw. Default: 1e-8. Example: "
          + "--optEps=0.001")
  double getOptEps();

  void setOptEps(double optEps);

  @Description(
      "Momentum, adamw's first beta, 0 to below 1. Default: 0.9. Example: " + "--momentum=0.9")
  double getMomentum();

  void setMomentum(double momentum);

  @Description(
      "Weight decay, added to the gradient; by adamw multiplied by the learning rate and"
          + " subtracted from the weight. Default: 1e-4. Example: --weightDecay=2e-5")
  double getWeightDecay();

  void setWeightDecay(double weightDecay);

  @Description(
      "Maximum gradient norm, Euclidean over all parameters and ranks; a larger gradient is"
          + " scaled down to it before the optimiser sees it, as by PyTorch's clip_grad_norm_."
          + " training.jsonl has the norms before clipping. 0 for no clipping. Default: 0."
          + " Example: --clipNorm=1")
  double getClipNorm();

  void setClipNorm(double clipNorm);

  @Description(
      "Learning rate at the first step; cosine_step: after warm-up. Default: 0.01. "
          + "Example: --lr=1e-4")
  double getLr();

  void setLr(double lr);

  @Description(
      "Learning rate when warm-up ends; not for cosine_step. Default: 0.4. Example: --lrMax=0.6")
  double getLrMax();

  void setLrMax(double lrMax);

  @Description(
      "Learning rate that the decay approaches; not for cosine_step. Default: 1e-6. Example: "
          + "--lrEnd=1e-6")
  double getLrEnd();

  void setLrEnd(double lrEnd);

  @Description(
      "Schedule. cosine warms up linearly, one_cycle along a cosine; both change every step, "
          + "cosine_step every epoch. Default: cosine. Example: --lrDecayStyle=cosine_step")
  ScheduleChoice getLrDecayStyle();

  void setLrDecayStyle(ScheduleChoice lrDecayStyle);

  @Description(
      "cosine_step: learning rate of the first epoch of warm-up. Default: 1e-4. Example: "
          + "--warmupLr=1e-6")
  double getWarmupLr();

  void setWarmupLr(double warmupLr);

  @Description("Epochs of warm-up. Default: 3. Example: --warmupEpochs=20")
  int getWarmupEpochs();

  void setWarmupEpochs(int warmupEpochs);

  @Description("cosine_step: epochs between two decays. Default: 30. Example: --decayEpochs=2.4")
  double getDecayEpochs();

  void setDecayEpochs(double decayEpochs);

  @Description("cosine_step: factor of each decay. Default: 0.1. Example: --decayRate=0.97")
  double getDecayRate();

  void setDecayRate(double decayRate);

  @Description(
      "Label smoothing s: the true class gets 1 - s, each other s / (classes - 1). Default: "
          + "0.1. Example: --smoothing=0")
  double getSmoothing();

  void setSmoothing(double smoothing);

  @Description(
      "Dropout rate before the classifier, 0 to below 1. Default: 0. Example: " + "--drop=0.2")
  double getDrop();

  void setDrop(double drop);

  @Description(
      "Drop rate of residual branches at the network's end, growing linearly up to there."
          + " Default: 0. Example: --dropPath=0.1")
  double getDropPath();

  void setDropPath(double dropPath);

  @Description(
      "Decay of the exponential moving average of all weights, updated after each step; 0 for"
          + " none. Default: 0.9999. Example: --emaDecay=0.97")
  double getEmaDecay();

  void setEmaDecay(double emaDecay);

  @Description(
      "Let the decay grow as (1 + t) / (10 + t) after step t, up to --emaDecay, so that averages "
          + "forget the initial weights even in few steps. Default: false. Example: "
          + "--emaWarmup")
  boolean isEmaWarmup();

  void setEmaWarmup(boolean emaWarmup);

  @Description(
      "Mixed precision: O0 none; O2 convolutions and dense layers in float16, batch norm and loss"
          + " in float32; O3 batch norm in float16 too. Weights stay float32. Very slow on CPUs."
          + " Default: O0. Example: --ampLevel=O2")
  AmpLevel getAmpLevel();

  void setAmpLevel(AmpLevel ampLevel);

  @Description(
      "O2, O3: loss scale of the backward pass, so that small gradients do not vanish in float16."
          + " Steps whose gradients overflow are skipped and counted. Default: 128. Example:"
          + " --lossScale=1024")
  double getLossScale();

  void setLossScale(double lossScale);

  @Description(
      "Side of validation's centre crop over the resized shorter side. Default: 0.875. Example: "
          + "--cropFraction=1")
  double getCropFraction();

  void setCropFraction(double cropFraction);

  @Description(
      "Bicubic filter that resizes images: opencv (the original recipe's), torchvision (its and"
          + " timm's), pillow (the same filter, with opencv's sizes and corners in validation),"
          + " or preset: torchvision for ghostnet and ghostnetv2, opencv for the others."
          + " Default: preset. Example: --interpolation=torchvision")
  @Default.String("preset")
  String getInterpolation();

  void setInterpolation(String interpolation);

  @Description(
      "Weights to start from: a checkpoint, a MindSpore .ckpt, a PyTorch file or safetensors with"
          + " PyTorch's or timm's names. If their number of classes differs, the last layer is"
          + " initialised at random. Default: none, random weights. Example:"
          + " --initialCheckpoint=b1.ckpt")
  @Default.String("")
  String getInitialCheckpoint();

  void setInitialCheckpoint(String initialCheckpoint);

  @Description(
      "Resume the training in --output from its last saved state; the flags must be those it was"
          + " started with. Ends in the same weights as an uninterrupted one. Starts from the"
          + " beginning if no state was saved yet. Default: false. Example: --resume")
  @Default.Boolean(false)
  boolean isResume();

  void setResume(boolean resume);

  @Description("Seed of initial weights, order and augmentation. Default: 1. Example: --seed=7")
  long getSeed();

  void setSeed(long seed);

  @Description(
      "Replace a training that --output already holds. Default: false. Example: --overwrite")
  @Default.Boolean(false)
  boolean isOverwrite();

  void setOverwrite(boolean overwrite);
}
