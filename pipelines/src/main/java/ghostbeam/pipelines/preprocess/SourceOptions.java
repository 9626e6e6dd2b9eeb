package ghostbeam.pipelines.preprocess;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Flags that say what {@code --input} is and what is read of it. */
@Description("the source:")
public interface SourceOptions extends PipelineOptions {
  @Description(
      "Which split to read, and what the output's files are called: train, val, validation, valid or"
          + " test; a folder validation/ or valid/ serves val too. An input without such folders is"
          + " read whole. Example: --split=val")
  @Default.String("train")
  String getSplit();

  void setSplit(String split);

  @Description(
      "What --input is: folders (class folders, in archives too), webdataset (tars of key.jpg with"
          + " key.cls or key.json), parquet (columns image and label), tfrecord (Inception's and"
          + " TensorFlow Datasets' keys, and this program's own shards), or auto, which tells by"
          + " content. All but folders carry numbers of classes and are read forwards once; their"
          + " records travel through the engine, which spills them to its temporary folders."
          + " Example: --format=webdataset")
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
}
