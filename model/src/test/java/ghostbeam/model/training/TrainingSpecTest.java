package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.augmentation.RandAugment;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.recipe.Augmentations;
import ghostbeam.model.recipe.Batching;
import ghostbeam.model.recipe.Bookkeeping;
import ghostbeam.model.recipe.InvalidSettingException;
import ghostbeam.model.recipe.LearningRate;
import ghostbeam.model.recipe.Recipe;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TrainingSpecTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Checkpoints and states of earlier versions have exactly this text, up to the seed. */
  @Test
  void jsonIsStable() throws Exception {
    assertEquals(
        "{\"architecture\":"
            + JSON.writeValueAsString(TinyTraining.network(2))
            + """
            ,"epochs":2,"batchSize":4,"ranks":1,"syncBn":false,"opt":"momentum","optEps":1.0E-8,\
            "momentum":0.9,"weightDecay":0.001,"lrDecayStyle":"cosine","lr":0.01,"lrMax":0.05,\
            "lrEnd":1.0E-4,"warmupLr":0.001,"warmupEpochs":1,"decayEpochs":1.0,"decayRate":0.5,\
            "smoothing":0.1,"drop":0.0,"dropPath":0.0,"emaDecay":0.8,"ampLevel":"O0",\
            "lossScale":128.0,"autoaugment":false,"colorJitter":0.0,"cropScale":0.5,\
            "cropFraction":1.0,"interpolation":"pillow","dropTail":true,"ckptSaveEpoch":1,\
            "keepCheckpoints":9,"perPrintTimes":1,"initialCheckpoint":"","seed":1,\
            "accumulate":1,"clipNorm":0.0,"emaWarmup":false,"randAugment":"none",\
            "randomErasing":0.0,"mixup":0.0,"cutmix":0.0}""",
        TinyTraining.SPEC.json(TinyTraining.BOOKKEEPING));
  }

  @Test
  void rejectsASettingOfAnotherRecord() {
    Recipe recipe = Recipe.ORIGINAL;
    assertThrows(
        IllegalArgumentException.class, () -> recipe.with(Bookkeeping::keepCheckpoints, 3));
    assertThrows(
        IllegalArgumentException.class, () -> recipe.with((LearningRate rate) -> rate.epochs(), 3));
  }

  @Test
  void settingNamesAreUnique() {
    Map<String, Integer> names = new TreeMap<>();
    count(JSON.valueToTree(TinyTraining.SPEC.recipe()), names);
    names.values().removeIf(times -> times == 1);
    assertEquals(Map.of(), names);
  }

  private static void count(JsonNode parts, Map<String, Integer> names) {
    parts
        .properties()
        .forEach(
            part -> {
              if (part.getValue().isObject()) {
                count(part.getValue(), names);
              } else {
                names.merge(part.getKey(), 1, Integer::sum);
              }
            });
  }

  @Test
  void checksASettingWhenItIsGiven() {
    Recipe recipe = TinyTraining.SPEC.recipe();
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> recipe.with(Batching::ranks, 0));
    assertEquals("ranks is at least 1, found 0", refusal.getMessage());
  }

  /** Settings may be given in any order; only the final combination is checked. */
  @Test
  void checksCombinationsOfSettingsAtTheEnd() {
    Recipe longer =
        TinyTraining.SPEC
            .recipe()
            .with(LearningRate::warmupEpochs, 300)
            .with(LearningRate::epochs, 301);
    assertEquals(301, spec(longer).recipe().learningRate().epochs());
    Recipe shorter = longer.with(LearningRate::epochs, 300);
    assertEquals("warmupEpochs is from 0 to below epochs=300, found 300", refusal(shorter));
    Recipe wide = longer.with(Batching::ranks, 1 << 18).with(Batching::batchSize, 8);
    assertEquals("ranks is from 1 to 131072 with a batchSize of 8, found 262144", refusal(wide));
    Recipe both =
        longer
            .with(Augmentations::autoaugment, true)
            .with(Augmentations::randAugment, new RandAugment(2, 9));
    InvalidSettingException refused = assertThrows(InvalidSettingException.class, () -> spec(both));
    assertEquals("randAugment=2,9 and autoaugment exclude each other", refused.getMessage());
    assertEquals(Optional.of(ModelRemedy.ONE_AUGMENTATION.with()), refused.advice());
    Recipe large = longer.with(Batching::batchSize, 1 << 20);
    assertTrue(
        refusal(large).startsWith("batchSize is at most 699050 with an inputSize of 16, as"));
    Recipe slow = longer.with(Batching::accumulate, 1 << 18).with(Batching::batchSize, 8);
    assertEquals(
        "accumulate is from 1 to 131072 with 8 images a batch, found 262144", refusal(slow));
  }

  private static TrainingSpec spec(Recipe recipe) {
    return new TrainingSpec(TinyTraining.network(2), recipe, "");
  }

  private static String refusal(Recipe recipe) {
    return assertThrows(IllegalArgumentException.class, () -> spec(recipe)).getMessage();
  }
}
