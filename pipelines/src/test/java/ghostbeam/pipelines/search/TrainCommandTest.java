package ghostbeam.pipelines.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.search.Dimensions;
import ghostbeam.pipelines.Main;
import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.CommandLine;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.train.RecipeFlags;
import ghostbeam.pipelines.train.TrainOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrainCommandTest {
  private static final SearchRequest.Places PLACES =
      new SearchRequest.Places("/data/it's here", "/data/$val", List.of());

  /** Read by a shell, and parsed as train parses its flags. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--epochs=4",
        "--recipe=small --batchSize=16 --validation=val --from=s-ghostnet-b1 --overwrite --steps=3",
        "--from=s-ghostnet-large --ampLevel=O2 --lossScale=1024 --interpolation=pillow"
            + " --cropFraction=1 --dropTail=false --weightDecay=2e-5 --opt=adamw --seed=7"
            + " --perPrintTimes=10 --emaDecay=0.99 --emaWarmup --randAugment=2,9 --warmupEpochs=1",
      })
  void trainsTheNetworkWithTheFlagsThatWereGiven(String flags) throws Exception {
    SearchOptions search =
        SearchCase.options(
            List.of("--data=in", "--output=found", "--multiplyAdds=1"), flags.split(" "));
    search.setPreset(search.getFrom());
    Dimensions network = Dimensions.of(search.getPreset().architecture(2).withInputSize(96));
    TrainOptions train = parsed(TrainCommand.of(search, PLACES, "/runs/a b", network).line());

    assertEquals(network.architecture(2), NetworkFlags.architecture(train, 2));
    assertEquals(recipe(search, network), recipe(train, network));
    assertEquals(PLACES.data(), train.getData());
    assertEquals(PLACES.validation(), train.getValidation());
    assertEquals("/runs/a b", train.getOutput());
    assertEquals(search.getPerPrintTimes(), train.getPerPrintTimes());
  }

  /** All that train would take from its base recipe, with the flags given. */
  private static Recipe recipe(TrainOptions options, Dimensions network) {
    return RecipeFlags.recipe(
        options.getRecipe().of(Recipe.ORIGINAL), options, network.architecture(2));
  }

  private static TrainOptions parsed(String line) throws Exception {
    Process shell =
        new ProcessBuilder("sh", "-c", "set -- " + line + "; printf '%s\\n' \"$@\"").start();
    String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    List<String> words = Arrays.asList(printed.split("\n", -1));
    assertEquals(List.of("./run", "train"), words.subList(0, 2));
    return CommandLine.parse(
            Command.named("train", Main.COMMANDS), words.subList(2, words.size() - 1))
        .as(TrainOptions.class);
  }
}
