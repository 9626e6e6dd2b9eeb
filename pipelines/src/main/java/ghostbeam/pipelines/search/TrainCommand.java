package ghostbeam.pipelines.search;

import ghostbeam.model.search.Dimensions;
import ghostbeam.pipelines.cli.CommandLine;
import ghostbeam.pipelines.cli.ShellWord;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.train.TrainOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The {@code train} command for a network that was found, with the user's flags of training. */
record TrainCommand(Map<String, String> flags) {
  /** What a search replaces by paths and sizes of its own, or that is only about its output. */
  private static final Set<String> REPLACED =
      Set.of(
          "data",
          "validation",
          "output",
          "preset",
          "layers",
          "channels",
          "large",
          "inputSize",
          "overwrite");

  /** Flags by which a store is found. */
  private static final Set<String> OF_STORES = Set.of("awsRegion", "endpoint", "gcsEndpoint");

  /**
   * A command that trains a network on all of a search's data.
   *
   * @param options of the search
   * @param output folder of the training
   */
  static TrainCommand of(
      SearchOptions options, SearchRequest.Places places, String output, Dimensions network) {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("data", places.data());
    if (!places.validation().equals(places.data())) {
      flags.put("validation", places.validation());
    }
    flags.put("output", output);
    flags.put("layers", joined(network.layers()));
    flags.put("channels", joined(network.channels()));
    if (network.large()) {
      flags.put("large", "true");
    }
    flags.put("inputSize", String.valueOf(network.inputSize()));
    flags.putAll(given(options));
    return new TrainCommand(flags);
  }

  /** The flags that the user gave and that train has, too. */
  private static Map<String, String> given(SearchOptions options) {
    Map<String, String> given = new TreeMap<>(Launch.givenValues(options));
    Set<String> ofTrain = CommandLine.flags(TrainOptions.class);
    given
        .keySet()
        .removeIf(
            name ->
                REPLACED.contains(name) || !(ofTrain.contains(name) || OF_STORES.contains(name)));
    return given;
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** The command for a shell. */
  String line() {
    return "./run train "
        + flags.entrySet().stream()
            .map(flag -> ShellWord.quoted("--" + flag.getKey() + "=" + flag.getValue()))
            .collect(Collectors.joining(" "));
  }
}
