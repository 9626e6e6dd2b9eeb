package ghostbeam.pipelines.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.pipelines.Main;
import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.CommandLine;
import ghostbeam.pipelines.cli.NetworkFlags;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecipeWarningsTest {
  /** Of 2,560 images, ten steps an epoch at the batch that a user chose. */
  private static String of(String... flags) {
    List<String> words = new ArrayList<>(List.of("--batchSize=256"));
    words.addAll(Arrays.asList(flags));
    return ofImages(2560, words);
  }

  private static String ofImages(long images, List<String> flags) {
    List<String> words = new ArrayList<>(List.of("--data=d", "--output=o"));
    words.addAll(flags);
    TrainOptions options =
        CommandLine.parse(Command.named("train", Main.COMMANDS), words).as(TrainOptions.class);
    return String.join(
        "\n",
        RecipeWarnings.of(
            RecipeFlags.recipe(options, NetworkFlags.architecture(options, 2)),
            RecipeFlags.base(options),
            RecipeFlags.given(options),
            images));
  }

  @Test
  void warnsOfARateThatClimbsToADefault() {
    assertEquals(
        "The learning rate begins at --lr=0.02, is --lrMax=0.4 after 3 epochs of warm-up and ends"
            + " near 1e-6; --lrMax was not given",
        of("--lr=0.02", "--emaDecay=0"));
    assertEquals("", of("--lr=0.02", "--lrMax=0.1", "--emaDecay=0"));
    assertEquals("", of("--lr=0.02", "--lrDecayStyle=cosine_step", "--emaDecay=0"));
  }

  @Test
  void aFewEpochsHaveAShorterWarmUp() {
    assertEquals("--warmupEpochs is cut to 1 to fit --epochs=3", of("--epochs=3", "--emaDecay=0"));
    assertEquals("", of("--epochs=30", "--emaDecay=0"));
    assertEquals("", of("--epochs=3", "--recipe=small")); // which has fewer epochs of warm-up
    assertEquals(
        "--warmupEpochs is cut to 0 to fit --epochs=1", of("--epochs=1", "--recipe=small"));
  }

  @Test
  void warnsOfAveragesThatKeepTheInitialWeights() {
    assertEquals(
        "--emaDecay=0.9999 is slow for 2,000 steps: averaged weights remain 82 % the random initial"
            + " ones; add --emaWarmup, or use --emaDecay=0.99",
        of());
    assertEquals("", of("--emaWarmup"));
    assertEquals(
        "--emaDecay=0.9999 is slow for 600 steps: averaged weights remain 94 % the random initial"
            + " ones; add --emaWarmup, or use --emaDecay=0.99",
        of("--accumulate=3"));
    assertEquals("", of("--emaDecay=0.99"));
  }

  @Test
  void fewImagesArePointedToTheirRecipe() {
    List<String> own = List.of("--emaDecay=0");
    assertEquals(
        "With 2,560 images, --batchSize=256 makes 10 steps an epoch; --recipe=small is meant for so"
            + " few",
        ofImages(2560, own));
    assertEquals("", ofImages(10_000, own));
    assertEquals("", ofImages(2560, List.of("--recipe=small")));
    assertEquals("", ofImages(2560, List.of("--recipe=published", "--emaDecay=0")));
    assertEquals("", ofImages(2560, List.of("--batchSize=256", "--emaDecay=0")));
  }
}
