package ghostbeam.pipelines.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

class PresetFlagsTest {
  @Test
  void takesThePublishedRecipeOfAPresetWhereTheUserSaysNothing() {
    TrainOptions options =
        options(
            "--preset=s-ghostnet-b4", "--data=d", "--output=o", "--lrMax=0.1", "--emaDecay=0.9999");
    Map<String, String> filled = PresetFlags.fill(options);
    assertEquals("450", filled.get("epochs"));
    assertEquals(450, options.getEpochs());
    assertEquals("momentum", options.getOpt());
    assertTrue(options.isAutoaugment());
    assertEquals(0.1, options.getLrMax());
    assertEquals(0.9999, options.getEmaDecay());
    assertEquals(1024, options.getLossScale());
    assertEquals(256, usualBatch("--preset=ghostnet-1x"));
    assertEquals(4, usualBatch("--preset=s-ghostnet-large"));
    assertEquals(256, usualBatch("--layers=1,1,1,1,1,1", "--channels=8,8,8,8,8,8"));
  }

  private static int usualBatch(String... flags) {
    List<String> all = new ArrayList<>(Arrays.asList(flags));
    all.addAll(List.of("--data=d", "--output=o"));
    TrainOptions options = options(all.toArray(String[]::new));
    PresetFlags.fill(options);
    return options.getBatchSize();
  }

  private static TrainOptions options(String... flags) {
    return PipelineOptionsFactory.fromArgs(flags).withValidation().as(TrainOptions.class);
  }
}
