package ghostbeam.pipelines.endpoint;

import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/** Options of stores with {@code --endpoint}, besides Beam's own. */
@Description("stores:")
public interface EndpointOptions extends PipelineOptions {

  @Description(
      "put the bucket into the host name, as in https://BUCKET.store.example, not into the path;"
          + " some stores with --endpoint require it. Example: --virtualHosts")
  @Default.Boolean(false)
  boolean isVirtualHosts();

  void setVirtualHosts(boolean value);

  /** Registers the flags with Beam. */
  final class Registrar implements PipelineOptionsRegistrar {
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      return List.of(EndpointOptions.class);
    }
  }
}
