package ghostbeam.pipelines.preprocess;

import ghostbeam.transforms.shard.Preparation;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code preprocess}. */
public interface PreprocessOptions extends SourceOptions {

  @Description(
      "Where the images are: a folder, .zip, .tar or tar of tars in ImageNet's layout,"
          + " <class>/<image>, or with train/ and val/ folders of that layout anywhere inside,"
          + " or Kaggle's zip unchanged; in a tar of tars and among several inputs, a tar's name"
          + " is its images' class. archive.zip!/path is a part of an archive. Several:"
          + " comma-separated, or a quoted glob. Archives are read in place: listing a zip takes"
          + " a few requests, a tar one for each image. Local path or gs://, s3:// URI. Example:"
          + " --input=gs://bucket/imagenet.zip")
  @Validation.Required
  String getInput();

  void setInput(String input);

  @Description(
      "Digest of the only archive in --input, md5: or sha256: and hex. Checked before anything is"
          + " written, which reads the whole archive once more. Example:"
          + " --expectDigest=md5:1d675b47d978889d74fa0da5fadfb00e")
  String getExpectDigest();

  void setExpectDigest(String expectDigest);

  @Description(
      "Folder for shards, indices and manifest; train and val may share it. Shards of the same"
          + " work that an interrupted run left there are kept. One run at a time. Local path or"
          + " gs://, s3:// URI. Example: --output=gs://bucket/imagenet-records")
  @Validation.Required
  String getOutput();

  void setOutput(String output);

  @Description(
      "Number of shard files, from 1 to the number of images. Default: one for every 1,250"
          + " images, at least 8, at most 1,024. Example: --shards=256")
  Integer getShards();

  void setShards(Integer shards);

  @Description(
      "What a record keeps: original (sound RGB or grey JPEGs byte for byte, other images as JPEG),"
          + " resized (JPEG, shorter side shrunk to --shorterSide) or raw (uint8 pixels, H x W x 3:"
          + " no decoding later, about five times the space)."
          + " Example: --encoding=resized")
  @Default.Enum("ORIGINAL")
  Preparation.Encoding getEncoding();

  void setEncoding(Preparation.Encoding encoding);

  @Description(
      "Pixels of the shorter side with --encoding=resized; smaller images are kept as by"
          + " original. Example: --shorterSide=320")
  @Default.Integer(256)
  int getShorterSide();

  void setShorterSide(int shorterSide);

  @Description("JPEG quality of images that are re-encoded, 1 to 100. Example: --quality=90")
  @Default.Integer(95)
  int getQuality();

  void setQuality(int quality);

  @Description("Seed of the images' order in the shards, any whole number. Example: --seed=7")
  @Default.Long(1)
  long getSeed();

  void setSeed(long seed);

  @Description(
      "Number of unreadable images up to which the job still succeeds; they are listed in"
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
