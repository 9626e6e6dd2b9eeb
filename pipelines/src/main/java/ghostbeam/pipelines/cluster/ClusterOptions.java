package ghostbeam.pipelines.cluster;

import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code cluster}. */
public interface ClusterOptions extends PipelineOptions {

  @Hidden
  @Validation.Required
  @Description("start, status, stop, or export and a folder; positional.")
  List<String> getWhat();

  void setWhat(List<String> what);

  @Description(
      "For start: TaskManager processes, 1 to 64, with one slot each. Default: 2. Example:"
          + " --taskManagers=4")
  @Default.Integer(2)
  int getTaskManagers();

  void setTaskManagers(int taskManagers);

  @Description(
      "Port of dashboard and REST API on 127.0.0.1; it identifies the cluster, so several can run at"
          + " once. Default: 8081. Example: --port=9081")
  @Default.Integer(8081)
  int getPort();

  void setPort(int port);
}
