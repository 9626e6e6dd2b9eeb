package ghostbeam.pipelines.verdict;

import java.util.List;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Flags of every job that writes a report. */
@Description("the verdict:")
public interface VerdictOptions extends PipelineOptions {

  @Description(
      "Rules that the best checkpoint must meet, otherwise the exit code is 3: a figure of its"
          + " row in report.json (top1, top5, classAccuracy, real, loss, calibrationError, …),"
          + " one of >= <= > < == !=, and a number or baseline, baseline-0.002, baseline+0.001."
          + " Several: give the flag again, or put commas or semicolons between them. Example:"
          + " --gate='top1>=0.79,records==50000'")
  List<String> getGate();

  void setGate(List<String> gate);

  @Description(
      "The baseline of --gate: the name of a checkpoint in this report, or the path of another"
          + " report.json of the same dataset, meaning its best checkpoint. Example:"
          + " --baseline=released/report/report.json")
  String getBaseline();

  void setBaseline(String baseline);

  @Description(
      "File of ReaL labels, which gives a second Top-1: a JSON list of lists of class numbers, by"
          + " the number in ILSVRC2012_val_00000001.JPEG, or an object of such lists by file name"
          + " or synset/name. Reads the dataset's shards. Example: --realLabels=real.json")
  String getRealLabels();

  void setRealLabels(String realLabels);

  @Description(
      "File of class titles, one class a line: its name in the data, then its title, such as"
          + " n01440764 tench, Tinca tinca; report.html shows both. ImageNet's"
          + " LOC_synset_mapping.txt and synset_words.txt are such files. Default: the titles"
          + " that preprocess kept from --classes, if any. Example:"
          + " --classNames=LOC_synset_mapping.txt")
  String getClassNames();

  void setClassNames(String classNames);
}
