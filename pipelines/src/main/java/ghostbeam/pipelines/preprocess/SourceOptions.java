package ghostbeam.pipelines.preprocess;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Flags that say what {@code --input} is and what is read from it. */
@Description("the source:")
public interface SourceOptions extends PipelineOptions {
  @Description(
      "Which split to read, and what the output's files are called: train, val, validation, valid"
          + " or test; folders called validation/ or valid/ count as val, too. Input without"
          + " such folders is read whole. Example: --split=val")
  @Default.String("train")
  String getSplit();

  void setSplit(String split);

  @Description(
      "What --input is: folders (class folders, in archives too), webdataset (tars of key.jpg"
          + " with key.cls or key.json), parquet (columns image and label), tfrecord"
          + " (Inception's and TensorFlow Datasets' keys, and this program's own shards), or"
          + " auto, which tells by content. All but folders carry class numbers and are read"
          + " sequentially, once; the runner shuffles their records and spills them to its"
          + " temporary folders. Example: --format=webdataset")
  @Default.String("auto")
  String getFormat();

  void setFormat(String format);

  @Description(
      "The number of the first class, in sources that carry class numbers and in folders named by"
          + " number. Default: as documented for the format, 1 in Inception's TFRecords, else 0."
          + " Example: --labelOffset=0")
  Integer getLabelOffset();

  void setLabelOffset(Integer labelOffset);

  @Description(
      "File with the class of each image in a flat folder, such as ImageNet's validation images:"
          + " one number a line in order of file names (ILSVRC2012_validation_ground_truth.txt,"
          + " whose numbers follow the development kit, not the order of synsets: give --classes"
          + " in the kit's order), Kaggle's LOC_val_solution.csv (found in Kaggle's own zip), or"
          + " name,label on each line. Example: --labels=LOC_val_solution.csv")
  String getLabels();

  void setLabels(String labels);

  @Description(
      "All classes: a text file whose line i begins with the name of class i; a train split's"
          + " manifest; or a number such as 1000, for classes 0 to 999. Folders named by number"
          + " get the text file's names, 0 that of line 1. Otherwise a record's label is the"
          + " position of its class: in byte order, in numeric order if all names are whole"
          + " numbers, or as in the manifest. Default: the classes of the images found. Example:"
          + " --classes=records/train-manifest.json")
  String getClasses();

  void setClasses(String classes);
}
