package ghostbeam.pipelines.demo;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Flags of {@code demo}. */
public interface DemoOptions extends PipelineOptions {

  @Description(
      "Folder for data, checkpoints and report: a new or empty one, or an earlier demo's, which is"
          + " replaced. Example: --output=/tmp/ghostbeam-demo")
  @Default.String("ghostbeam-demo")
  String getOutput();

  void setOutput(String output);
}
