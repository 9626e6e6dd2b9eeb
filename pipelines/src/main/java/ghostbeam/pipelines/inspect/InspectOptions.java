package ghostbeam.pipelines.inspect;

import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code inspect}. */
public interface InspectOptions extends PipelineOptions {

  @Hidden
  @Validation.Required
  @Description("Dataset folders, shard file, checkpoint file or preset name; given without a flag.")
  List<String> getWhat();

  void setWhat(List<String> what);

  @Description(
      "List images of identical pixels within the dataset and across its splits, reading every"
          + " record. Several datasets are always compared. Example: --duplicates")
  @Default.Boolean(false)
  boolean isDuplicates();

  void setDuplicates(boolean duplicates);

  @Description("Print one JSON object instead of lines for people.")
  @Default.Boolean(false)
  boolean isJson();

  void setJson(boolean json);
}
