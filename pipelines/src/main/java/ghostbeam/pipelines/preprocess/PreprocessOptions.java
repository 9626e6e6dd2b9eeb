package ghostbeam.pipelines.preprocess;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code preprocess}. */
public interface PreprocessOptions extends PipelineOptions {

  @Description(
      "Where the images are: a folder, .zip, .tar or tar of tars in ImageNet's layout,"
          + " <class>/<image>, or with train/ and val/ folders of that layout anywhere inside, or"
          + " Kaggle's zip as it is; a tar's name gives its members' class in a tar of tars and"
          + " among several inputs. archive.zip!/path is a part of one."
          + " Several by comma or quoted glob. Read in place: a zip costs a few requests to list,"
          + " a tar one for each image. Local path or gs://, s3:// URI."
          + " Example: --input=gs://bucket/imagenet.zip")
  @Validation.Required
  String getInput();

  void setInput(String input);

  @Description(
      "What --input is: folders (class folders, in archives too), webdataset (tars of key.jpg with"
          + " key.cls or key.json), parquet (columns image and label), tfrecord (Inception's and"
          + " TensorFlow Datasets' keys, and this program's own shards), or auto, which tells by"
          + " content. All but folders carry numbers of classes and are read forwards once; their records travel through the engine, which"
          + " spills them to its temporary folders. Example: --format=webdataset")
  @Default.String("auto")
  String getFormat();

  void setFormat(String format);

  @Description(
      "The number of the first class in sources that carry numbers, folders called by number too."
          + " Default: as the form documents, 1 in Inception's TFRecords, else 0. Example:"
          + " --labelOffset=0")
  Integer getLabelOffset();

  void setLabelOffset(Integer labelOffset);

  @Description(
      "File that says the class of each image of one folder, as ImageNet's validation images lie:"
          + " a number a line in order of file names (ILSVRC2012_validation_ground_truth.txt, whose"
          + " numbers are the development kit's, not ranks of synsets: give --classes in the kit's"
          + " order), Kaggle's LOC_val_solution.csv (found in Kaggle's own zip), or name,label a line."
          + " Example: --labels=LOC_val_solution.csv")
  String getLabels();

  void setLabels(String labels);

  @Description(
      "All classes there are: a text file, the first word of line i naming the class of number i; a"
          + " train split's manifest; or a number such as 1000, for classes 0 to 999. Folders called"
          + " by number get a text file's names, line 1 naming 0. Else a record's label is the"
          + " class's rank: in byte order, by number where all names are whole numbers, or as the"
          + " manifest has it. Default: the images' own classes."
          + " Example: --classes=records/train-manifest.json")
  String getClasses();

  void setClasses(String classes);

  @Description(
      "Digest of the only archive in --input, md5: or sha256: and hex. Checked before anything is"
          + " written, by reading the whole archive once more than its images need."
          + " Example: --expectDigest=md5:1d675b47d978889d74fa0da5fadfb00e")
  String getExpectDigest();

  void setExpectDigest(String expectDigest);

  @Description(
      "Which split to read, and what the output's files are called: train, val, validation, valid or"
          + " test; a folder validation/ or valid/ serves val too. An input without such folders is"
          + " read whole. Example: --split=val")
  @Default.String("train")
  String getSplit();

  void setSplit(String split);

  @Description(
      "Folder for shards, indices and manifest; train and val may share it. What a run that died"
          + " left there of the same work is kept. One run at a time. Local path or gs://,"
          + " s3:// URI. Example: --output=gs://bucket/imagenet-records")
  @Validation.Required
  String getOutput();

  void setOutput(String output);

  @Description(
      "How many shard files, 1 or more, at most the number of images. Default: one for every 1,250"
          + " images, at least 8, at most 1,024. Example: --shards=256")
  Integer getShards();

  void setShards(Integer shards);

  @Description(
      "What a record keeps: original (sound RGB or grey JPEGs byte for byte, other images as JPEG),"
          + " resized (JPEG, shorter side shrunk to --shorterSide) or raw (uint8 pixels, H x W x 3:"
          + " no decoding later, about five times the space)."
          + " Example: --encoding=resized")
  @Default.String("original")
  String getEncoding();

  void setEncoding(String encoding);

  @Description(
      "Pixels of the shorter side with --encoding=resized; smaller images are kept as original"
          + " keeps them. Example: --shorterSide=320")
  @Default.Integer(256)
  int getShorterSide();

  void setShorterSide(int shorterSide);

  @Description("JPEG quality of images that are encoded anew, 1 to 100. Example: --quality=90")
  @Default.Integer(95)
  int getQuality();

  void setQuality(int quality);

  @Description("Seed of the images' order in the shards, any whole number. Example: --seed=7")
  @Default.Long(1)
  long getSeed();

  void setSeed(long seed);

  @Description(
      "Most unreadable images, as a count, with which the job still succeeds; they are listed in"
          + " <split>-rejected.jsonl. Example: --maxRejected=20")
  @Default.Long(0)
  long getMaxRejected();

  void setMaxRejected(long maxRejected);

  @Description(
      "Replace a finished dataset of this split in --output. Without it such an output"
          + " is refused. Example: --overwrite")
  @Default.Boolean(false)
  boolean isOverwrite();

  void setOverwrite(boolean overwrite);
}
