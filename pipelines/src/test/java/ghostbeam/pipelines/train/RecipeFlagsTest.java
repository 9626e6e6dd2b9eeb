package ghostbeam.pipelines.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.network.Preset;
import ghostbeam.model.recipe.OptimizerChoice;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.RecipeChoice;
import ghostbeam.model.recipe.ScheduleChoice;
import ghostbeam.pipelines.Main;
import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.CommandLine;
import ghostbeam.pipelines.cli.Help;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.cli.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecipeFlagsTest {
  private static final Command TRAIN = Command.named("train", Main.COMMANDS);

  private static TrainOptions options(String... flags) {
    List<String> words = new ArrayList<>(List.of("--data=d", "--output=o"));
    words.addAll(Arrays.asList(flags));
    return CommandLine.parse(TRAIN, words).as(TrainOptions.class);
  }

  private static Recipe recipe(String... flags) {
    TrainOptions options = options(flags);
    return RecipeFlags.recipe(options, NetworkFlags.architecture(options, 2));
  }

  @Test
  void usesThePublishedRecipeOfAPresetByDefault() {
    String[] flags = {"--preset=s-ghostnet-b4", "--lrMax=0.1", "--emaDecay=0.9999"};
    Recipe recipe = recipe(flags);
    assertEquals(450, recipe.learningRate().epochs());
    assertEquals(OptimizerChoice.MOMENTUM, recipe.optimization().opt());
    assertTrue(recipe.views().augmentations().autoaugment());
    assertEquals(0.1, recipe.learningRate().lrMax());
    assertEquals(0.9999, recipe.regularization().emaDecay());
    assertEquals(1024, recipe.mixedPrecision().lossScale());
    assertEquals(1, recipe.batching().ranks());
    assertEquals(256, recipe("--preset=ghostnet-1x").batching().batchSize());
    assertEquals(4, recipe("--preset=s-ghostnet-large").batching().batchSize());
    String[] own = {"--layers=1,1,1,1,1,1", "--channels=8,8,8,8,8,8"};
    assertEquals(256, recipe(own).batching().batchSize());
    assertEquals(
        "{batchSize=32, syncBn=true, opt=momentum, weightDecay=2e-5, epochs=450, lr=1e-4,"
            + " warmupEpochs=20, drop=0.3, dropPath=0.1, lossScale=1024, autoaugment=true}",
        RecipeFlags.fromBase(options(flags)).toString());
    assertEquals(Map.of(), RecipeFlags.fromBase(options()));
  }

  @Test
  void usesTheRecipeForSmallDataWithTheUsersFlags() {
    Recipe recipe = recipe("--recipe=small", "--preset=s-ghostnet-b4", "--lrMax=0.2");
    assertEquals(32, recipe.batching().batchSize());
    assertEquals(0.2, recipe.learningRate().lrMax());
    assertEquals(0, recipe.regularization().drop(), "not the published one's");
    Map<String, String> told = RecipeFlags.fromBase(options("--recipe=small", "--lrMax=0.2"));
    assertEquals("momentum", told.get("opt"));
    assertFalse(told.containsKey("lrMax"), told.toString());
  }

  /** Even for a training far shorter than the recipe intends. */
  @ParameterizedTest
  @EnumSource
  void everyRecipeFitsEveryPreset(RecipeChoice choice) {
    for (Preset preset : Preset.values()) {
      int size = preset.architecture(2).inputSize();
      recipe("--recipe=" + choice, "--preset=" + preset).requireSound(size);
      recipe("--recipe=" + choice, "--preset=" + preset, "--epochs=1").requireSound(size);
    }
  }

  @Test
  void aWarmUpLongerThanTheRecipeIsRefused() {
    Recipe recipe = recipe("--recipe=small", "--warmupEpochs=30");
    String refusal =
        assertThrows(IllegalArgumentException.class, () -> recipe.requireSound(64)).getMessage();
    assertTrue(refusal.contains("warmupEpochs") && refusal.contains("epochs=30"), refusal);
  }

  /** The defaults in the help are the original recipe's. */
  @Test
  void helpShowsTheOriginalsRecipe() {
    String help = Help.of(TRAIN);
    Recipe.ORIGINAL
        .settings()
        .forEach(
            (name, value) -> {
              Pattern told = Pattern.compile("(?s)\n  --" + name + "\\b.*?Default:\\s+(.*?)\\.\\s");
              String usual = told.matcher(help).results().findFirst().orElseThrow().group(1);
              if (value.isNumber()) {
                assertEquals(value.asDouble(), Double.parseDouble(usual), name);
              } else {
                assertEquals(name.equals("interpolation") ? "preset" : value.asText(), usual, name);
              }
            });
  }

  /** Each flag sets the setting of its name and no other. */
  @Test
  void everySettingHasItsFlag() {
    Map<String, JsonNode> usual = recipe("--interpolation=opencv").settings();
    for (Map.Entry<String, JsonNode> setting : usual.entrySet()) {
      String name = setting.getKey();
      Map<String, JsonNode> changed =
          recipe("--" + name + "=" + another(setting.getValue(), name)).settings();
      changed.entrySet().removeAll(usual.entrySet());
      if (name.equals("interpolation")) {
        assertEquals(Map.of(), changed);
      } else {
        changed.remove("interpolation");
        assertEquals(List.of(name), List.copyOf(changed.keySet()));
      }
    }
  }

  private static String another(JsonNode value, String name) {
    return switch (name) {
      case "opt" -> "adamw";
      case "lrDecayStyle" -> "one_cycle";
      case "ampLevel" -> "O2";
      case "interpolation" -> "opencv";
      case "randAugment" -> "2,9";
      default ->
          value.isBoolean()
              ? "" + !value.asBoolean()
              : value.isInt() || value.isLong()
                  ? "" + (value.asInt() + 1)
                  : "" + (value.asDouble() + 1) / 4;
    };
  }

  private static String titles(Object[] choices) {
    return Arrays.stream(choices).map(Object::toString).collect(Collectors.joining("|"));
  }

  @Test
  void helpAndRefusalsListTheChoices() {
    String help = Help.of(TRAIN);
    assertTrue(help.contains("--opt=" + titles(OptimizerChoice.values()) + "\n"), help);
    assertTrue(help.contains("--recipe=" + titles(RecipeChoice.values())), help);
    assertTrue(help.contains("--lrDecayStyle=" + titles(ScheduleChoice.values()) + "\n"), help);
    assertEquals(
        "--opt cannot be 'adam'; expected --opt=%s; did you mean adamw?"
            .formatted(titles(OptimizerChoice.values())),
        refusal("--opt=adam"));
    assertTrue(refusal("--ampLevel=O1").startsWith("--ampLevel cannot be 'O1'; expected"));
    assertEquals(
        ScheduleChoice.COSINE_STEP,
        recipe("--lrDecayStyle=cosine_step").learningRate().lrDecayStyle());
  }

  private static String refusal(String flag) {
    return assertThrows(UsageException.class, () -> options(flag)).getMessage();
  }
}
