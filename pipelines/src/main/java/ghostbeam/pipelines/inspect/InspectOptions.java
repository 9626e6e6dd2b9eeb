package ghostbeam.pipelines.inspect;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code inspect}. */
public interface InspectOptions extends PipelineOptions {

  @Hidden
  @Validation.Required
  @Description("Dataset folder, shard file, checkpoint file or preset name; given without a flag.")
  String getWhat();

  void setWhat(String what);

  @Description("Print one JSON object instead of lines for people.")
  @Default.Boolean(false)
  boolean isJson();

  void setJson(boolean json);
}
