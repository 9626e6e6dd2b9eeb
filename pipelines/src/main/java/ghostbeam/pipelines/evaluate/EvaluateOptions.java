package ghostbeam.pipelines.evaluate;

import ghostbeam.pipelines.verdict.VerdictOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code evaluate}. */
public interface EvaluateOptions extends VerdictOptions {

  @Validation.Required
  @Description(
      "Folder of a finished dataset, as preprocess writes it. Local path or gs://, s3:// URI."
          + " Required. Example: --data=gs://bucket/imagenet-records")
  String getData();

  void setData(String data);

  @Description("Which split of the dataset to score. Default: val. Example: --split=train")
  @Default.String("val")
  String getSplit();

  void setSplit(String split);

  @Validation.Required
  @Description(
      "Checkpoints to score, comma-separated: files, globs, or folders, which stand for the"
          + " .safetensors files in them and in their checkpoints/ folder. TorchScript modules"
          + " (.pt, .pth, .torchscript, .ts, .jit), from images to logits, are scored where they"
          + " are named or matched: a module is code that runs, so score only those you trust."
          + " Required. Example: --checkpoints=runs/a,runs/b/checkpoints/epoch-*.safetensors")
  String getCheckpoints();

  void setCheckpoints(String checkpoints);

  @Validation.Required
  @Description(
      "Folder for report.html, report.json, report.csv, report.md, tallies/ and predictions/."
          + " Local path or gs://, s3:// URI. Required. Example: --output=runs/a/report")
  String getOutput();

  void setOutput(String output);

  @Description(
      "Side of the square images in pixels, 8 to 4096. Default: 0, what each checkpoint was"
          + " validated with. Example: --inputSize=256")
  @Default.Integer(0)
  int getInputSize();

  void setInputSize(int inputSize);

  @Description(
      "Side of the centre crop over the resized shorter side, above 0 and at most 1. Default: 0,"
          + " what each checkpoint was validated with. Example: --cropFraction=0.875")
  @Default.Double(0)
  double getCropFraction();

  void setCropFraction(double cropFraction);

  @Description(
      "Bicubic filter for resizing: opencv (the original recipe's), torchvision (its and timm's),"
          + " pillow (the same filter, with opencv's sizes and corners), or checkpoint, what"
          + " each checkpoint was validated with. Default: checkpoint. Example:"
          + " --interpolation=torchvision")
  @Default.String("checkpoint")
  String getInterpolation();

  void setInterpolation(String interpolation);

  @Description(
      "Input of TorchScript modules: float-nchw, normalised by --mean and --std, or uint8-nhwc, raw"
          + " samples. Modules written by export declare it themselves. Images are prepared as"
          + " --inputSize, --cropFraction and --interpolation say, by default resized to 256 pixels"
          + " and cropped to 224. Default: float-nchw. Example: --moduleInput=uint8-nhwc")
  @Default.String("float-nchw")
  String getModuleInput();

  void setModuleInput(String moduleInput);

  @Description(
      "Means of red, green and blue, subtracted from samples scaled to 0 to 1. Default:"
          + " 0.485,0.456,0.406, ImageNet's. Example: --mean=0.5,0.5,0.5")
  @Default.String("0.485,0.456,0.406")
  String getMean();

  void setMean(String mean);

  @Description(
      "Standard deviations of red, green and blue, by which samples are divided after that."
          + " Default: 0.229,0.224,0.225, ImageNet's. Example: --std=0.5,0.5,0.5")
  @Default.String("0.229,0.224,0.225")
  String getStd();

  void setStd(String std);

  @Description(
      "Class names, in logit order, of TorchScript modules that do not carry them; needed for"
          + " data that has only some of their classes, such as ImageNet-R, or another order: a"
          + " text file with one class a line (its first word), or a split's manifest. Default:"
          + " none, classes are matched to the data's by position. Example:"
          + " --moduleClasses=LOC_synset_mapping.txt")
  String getModuleClasses();

  void setModuleClasses(String moduleClasses);

  @Description("Images per forward pass, 1 to 1024. Default: 16. Example: --batchSize=32")
  @Default.Integer(16)
  int getBatchSize();

  void setBatchSize(int batchSize);

  @Description(
      "Which weights to score: raw, ema (the averaged ones) or all. Default: all."
          + " Example: --weights=ema")
  @Default.String("all")
  String getWeights();

  void setWeights(String weights);

  @Description(
      "Memory for the weights of checkpoints in each worker process, such as 512mb or 16gb;"
          + " images and activations come on top. If the checkpoints do not all fit, they are"
          + " scored in several passes over the data, each of which decodes every image once;"
          + " the job says how many. Embedded Flink is one worker with --parallelism slots; on a"
          + " cluster, every worker is assumed to have as many slots as the largest TaskManager."
          + " Default: 4gb. Example: --modelMemory=16gb")
  @Default.String("4gb")
  String getModelMemory();

  void setModelMemory(String modelMemory);

  @Description(
      "Drop checkpoints as soon as a sequential paired test finds another one better; the chance"
          + " of any wrong drop is at most 1 %. The others are scored on every record and ranked"
          + " as usual; dropped ones are reported as partial. Default: false, all are scored on"
          + " every record. Example: --race")
  @Default.Boolean(false)
  boolean isRace();

  void setRace(boolean race);

  @Description(
      "Arithmetic of convolutions: float32, or bf16, which is faster on processors that have it and"
          + " rounds to 8 bits; bf16 scores are marked in their names and can depend on"
          + " --batchSize. float32,bf16 scores each checkpoint both ways and counts the predictions"
          + " that change. Default: float32. Example: --precision=float32,bf16")
  @Default.String("float32")
  String getPrecision();

  void setPrecision(String precision);

  @Description(
      "Also write predictions/<checkpoint>.csv.gz for each checkpoint: a line for each record, in"
          + " order, with its number, key and class, and the five most likely classes with their"
          + " probabilities. Not with --race. Default: false. Example: --predictions")
  @Default.Boolean(false)
  boolean isPredictions();

  void setPredictions(boolean predictions);

  @Description("Replace a report that --output already holds. Default: false. Example: --overwrite")
  @Default.Boolean(false)
  boolean isOverwrite();

  void setOverwrite(boolean overwrite);
}
