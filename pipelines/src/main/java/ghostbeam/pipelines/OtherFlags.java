package ghostbeam.pipelines;

import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** The flags that Beam's other runners and file systems bring, such as {@code --awsRegion}. */
final class OtherFlags {
  private OtherFlags() {}

  /** Names of all flags of all options that the class path registers. */
  static Set<String> names() {
    return PipelineOptionsFactory.getRegisteredOptions().stream()
        .flatMap(options -> Flag.of(options).stream())
        .map(Flag::name)
        .collect(Collectors.toSet());
  }
}
