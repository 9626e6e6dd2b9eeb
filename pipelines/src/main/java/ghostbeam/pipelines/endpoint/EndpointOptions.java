package ghostbeam.pipelines.endpoint;

import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/** What stores behind {@code --endpoint} differ in, beside Beam's own options. */
@Description("stores:")
public interface EndpointOptions extends PipelineOptions {

  @Description(
      "put the bucket into the host's name, as in https://BUCKET.store.example, not into the path;"
          + " some stores behind --endpoint take nothing else. Example: --virtualHosts")
  @Default.Boolean(false)
  boolean isVirtualHosts();

  void setVirtualHosts(boolean value);

  /** Lets Beam and the command line know the flags. */
  final class Registrar implements PipelineOptionsRegistrar {
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      return List.of(EndpointOptions.class);
    }
  }
}
