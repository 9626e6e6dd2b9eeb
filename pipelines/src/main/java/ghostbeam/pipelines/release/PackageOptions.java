package ghostbeam.pipelines.release;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code package}. */
public interface PackageOptions extends PipelineOptions {

  @Validation.Required
  @Description("Folder on this machine for the archive. Example: --output=release")
  String getOutput();

  void setOutput(String output);
}
