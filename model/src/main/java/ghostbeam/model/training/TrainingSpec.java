package ghostbeam.model.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.recipe.Bookkeeping;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.tensor.Weights;
import java.io.Serializable;
import java.util.List;

/**
 * Everything that decides what a training learns from its data.
 *
 * @param architecture the network, at the input size to train for
 * @param recipe how it learns
 * @param initialCheckpoint file whose weights training starts from; empty for random ones. It is
 *     read at the start alone, but all weights come from there, so that no training goes on with
 *     another.
 */
public record TrainingSpec(Architecture architecture, Recipe recipe, String initialCheckpoint)
    implements Serializable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Settings in the order in which files have had them ever since; later ones follow. */
  private static final List<String> FIRST =
      List.of(
          "architecture,epochs,batchSize,ranks,syncBn,opt,optEps,momentum,weightDecay,lrDecayStyle,lr,lrMax,lrEnd,warmupLr,warmupEpochs,decayEpochs,decayRate,smoothing,drop,dropPath,emaDecay,ampLevel,lossScale,autoaugment,colorJitter,cropScale,cropFraction,interpolation,dropTail,ckptSaveEpoch,keepCheckpoints,perPrintTimes,initialCheckpoint,seed"
              .split(","));

  /**
   * @throws IllegalArgumentException naming a setting that cannot be, what it may be and what it is
   */
  public TrainingSpec {
    recipe.requireSound(architecture.inputSize());
  }

  /** The same for another number of classes. */
  public TrainingSpec withClasses(int classes) {
    return new TrainingSpec(architecture.withClasses(classes), recipe, initialCheckpoint);
  }

  /** Random weights to start from. */
  Weights randomStart() {
    return architecture.initialWeights(recipe.seed());
  }

  TrainingView trainingView() {
    return recipe.views().training(architecture.inputSize());
  }

  ValidationView validationView() {
    return recipe.views().validation(architecture.inputSize());
  }

  /** All settings, as files have them. */
  ObjectNode settings() {
    ObjectNode all = JSON.createObjectNode();
    all.set("architecture", JSON.valueToTree(architecture));
    recipe.settings().forEach(all::set);
    return all.put("initialCheckpoint", initialCheckpoint);
  }

  /** All settings, and what is written meanwhile, as one JSON object. */
  String json(Bookkeeping bookkeeping) {
    ObjectNode all = settings().setAll(JSON.<ObjectNode>valueToTree(bookkeeping));
    ObjectNode ordered = JSON.createObjectNode();
    FIRST.forEach(name -> ordered.set(name, all.get(name)));
    ordered.setAll(all);
    return ordered.toString();
  }
}
