package ghostbeam.model.training;

import ghostbeam.model.network.Preset;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a preset's published weights were trained, where that differs from the original's defaults.
 *
 * @param flags of {@code train} by name, with their values, in order
 * @param ranks accelerators that trained together, each with {@code batchSize} images a step
 */
public record PublishedRecipe(Map<String, String> flags, int ranks) {

  /** The recipe of a preset; without flags where the original's defaults are all that is known. */
  public static PublishedRecipe of(Preset preset) {
    return switch (preset) {
      case S_GHOSTNET_B4 ->
          new PublishedRecipe(
              ordered(
                  "epochs", "450",
                  "batchSize", "32",
                  "opt", "momentum",
                  "weightDecay", "2e-5",
                  "lrDecayStyle", "cosine",
                  "lr", "1e-4",
                  "lrMax", "0.6",
                  "lrEnd", "1e-6",
                  "warmupEpochs", "20",
                  "drop", "0.3",
                  "dropPath", "0.1",
                  "emaDecay", "0.97",
                  "autoaugment", "true",
                  "lossScale", "1024",
                  "syncBn", "true"),
              32);
      case S_GHOSTNET_LARGE ->
          new PublishedRecipe(ordered("batchSize", "4", "drop", "0.2", "dropPath", "0.2"), 1);
      case BIGNET_1X -> new PublishedRecipe(Map.of(), 8);
      default -> new PublishedRecipe(Map.of(), 1);
    };
  }

  private static Map<String, String> ordered(String... namesAndValues) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
