package ghostbeam.pipelines.train;

import ghostbeam.model.recipe.AmpLevel;
import ghostbeam.model.recipe.OptimizerChoice;
import ghostbeam.model.recipe.ScheduleChoice;
import ghostbeam.pipelines.cli.NetworkOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/**
 * Flags of {@code train}. Those that say a recipe's settings have no defaults here: what nobody
 * says is the chosen recipe's.
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
      "Folder for checkpoints/, state/, training.jsonl, TensorBoard's events and recipe.json. Local "
          + "path or gs://, s3:// URI. Required. Example: --output=runs/b1")
  String getOutput();

  void setOutput(String output);

  @Description(
      "Width of the logits; must be the dataset's. Default: 0, the dataset's number of "
          + "classes. Example: --numClasses=1000")
  @Default.Integer(0)
  int getNumClasses();

  void setNumClasses(int numClasses);

  @Description("Passes over the data. Default: 200. Example: --epochs=450")
  int getEpochs();

  void setEpochs(int epochs);

  @Description(
      "Images that each rank sees at once; a step learns from --ranks times --accumulate times as "
          + "many. Default: 256. Example: --batchSize=32")
  int getBatchSize();

  void setBatchSize(int batchSize);

  @Description(
      "Batches of each rank that a step learns from: their gradients are added up, so that it "
          + "learns as from one batch of so many times --batchSize that memory need not hold; batch "
          + "norm alone sees single batches. Steps, logs and rates count such steps. Default: 1. "
          + "Example: --accumulate=8")
  int getAccumulate();

  void setAccumulate(int accumulate);

  @Description(
      "Leave an epoch's last images out where they fill no step, so that all steps have one size; "
          + "false makes a smaller last step of them. Default: true. Example: --dropTail=false")
  boolean isDropTail();

  void setDropTail(boolean dropTail);

  @Description(
      "Optimiser. All decay convolutions and dense weights alone but momentum, which decays all "
          + "but batch norm; adamw decays apart from the gradient and wants a low --lrMax. "
          + "Default: sgd. Example: --opt=momentum")
  OptimizerChoice getOpt();

  void setOpt(OptimizerChoice opt);

  @Description(
      "Epsilon: rmsprop's inside of the root, adamw's outside. Default: 1e-8. Example: "
          + "--optEps=0.001")
  double getOptEps();

  void setOptEps(double optEps);

  @Description(
      "Momentum, adamw's first beta, 0 to below 1. Default: 0.9. Example: " + "--momentum=0.9")
  double getMomentum();

  void setMomentum(double momentum);

  @Description(
      "Weight decay, added to the gradient; adamw's, times the learning rate, taken off the weight. "
          + "Default: 1e-4. Example: --weightDecay=2e-5")
  double getWeightDecay();

  void setWeightDecay(double weightDecay);

  @Description(
      "Longest gradient, as the Euclidean norm over all parameters and ranks; a longer one is "
          + "scaled down to it before the optimiser sees it, as PyTorch's clip_grad_norm_ does. "
          + "training.jsonl has the norms before. 0 for no clipping. Default: 0. Example: "
          + "--clipNorm=1")
  double getClipNorm();

  void setClipNorm(double clipNorm);

  @Description(
      "Learning rate at the first step; cosine_step: after warm-up. Default: 0.01. "
          + "Example: --lr=1e-4")
  double getLr();

  void setLr(double lr);

  @Description(
      "Learning rate when warm-up ends; not of cosine_step. Default: 0.4. Example: --lrMax=0.6")
  double getLrMax();

  void setLrMax(double lrMax);

  @Description(
      "Learning rate towards which it falls; not of cosine_step. Default: 1e-6. Example: "
          + "--lrEnd=1e-6")
  double getLrEnd();

  void setLrEnd(double lrEnd);

  @Description(
      "Schedule. cosine warms up along a line, one_cycle along a cosine; both change at every step, "
          + "cosine_step at epochs. Default: cosine. Example: --lrDecayStyle=cosine_step")
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
      "Share of features left out before the classifier, 0 to below 1. Default: 0. Example: "
          + "--drop=0.2")
  double getDrop();

  void setDrop(double drop);

  @Description(
      "Share of residual branches left out at the end of the network; less before, "
          + "linearly. Default: 0. Example: --dropPath=0.1")
  double getDropPath();

  void setDropPath(double dropPath);

  @Description(
      "Decay of the moving average of all weights, taken after each step; 0 for no "
          + "averages. Default: 0.9999. Example: --emaDecay=0.97")
  double getEmaDecay();

  void setEmaDecay(double emaDecay);

  @Description(
      "Let that decay grow, after step t to (1 + t) / (10 + t), until it is --emaDecay, so that "
          + "averages forget the first weights however few the steps. Default: false. Example: "
          + "--emaWarmup")
  boolean isEmaWarmup();

  void setEmaWarmup(boolean emaWarmup);

  @Description(
      "Mixed precision: O0 none; O2 convolutions and dense layers in float16, batch norm and loss "
          + "in float32; O3 batch norm in float16 too. Weights stay float32. Very slow on "
          + "processors. Default: O0. Example: --ampLevel=O2")
  AmpLevel getAmpLevel();

  void setAmpLevel(AmpLevel ampLevel);

  @Description(
      "O2, O3: factor of the loss in the backward pass, so that small gradients do not vanish in "
          + "float16. Steps whose gradients overflow are skipped and counted. Default: 128. "
          + "Example: --lossScale=1024")
  double getLossScale();

  void setLossScale(double lossScale);

  @Description(
      "Validation's centre crop over the resized shorter side. Default: 0.875. Example: "
          + "--cropFraction=1")
  double getCropFraction();

  void setCropFraction(double cropFraction);

  @Description(
      "Which bicubic resizes images: opencv (the original recipe's), torchvision (its and timm's), "
          + "pillow (the same filter, with opencv's sizes and corners in validation), or preset: "
          + "torchvision for ghostnet and ghostnetv2, opencv for the others. Default: preset. Example: "
          + "--interpolation=torchvision")
  @Default.String("preset")
  String getInterpolation();

  void setInterpolation(String interpolation);

  @Description(
      "Weights to start from: a checkpoint of ours, a MindSpore .ckpt, a PyTorch file or "
          + "safetensors with PyTorch's or timm's names. Where their number of classes is another, the last layer "
          + "starts anew. Default: none, random weights. Example: --initialCheckpoint=b1.ckpt")
  @Default.String("")
  String getInitialCheckpoint();

  void setInitialCheckpoint(String initialCheckpoint);

  @Description(
      "Go on with the training that --output holds, from its last saved state; the flags must be "
          + "those it was started with. Ends in the same weights as one that was never stopped. "
          + "Starts anew where no state was saved yet. Default: false. Example: --resume")
  @Default.Boolean(false)
  boolean isResume();

  void setResume(boolean resume);

  @Description("Decides first weights, order and augmentation. Default: 1. Example: --seed=7")
  long getSeed();

  void setSeed(long seed);

  @Description(
      "Replace a training that --output already holds. Default: false. Example: --overwrite")
  @Default.Boolean(false)
  boolean isOverwrite();

  void setOverwrite(boolean overwrite);
}
