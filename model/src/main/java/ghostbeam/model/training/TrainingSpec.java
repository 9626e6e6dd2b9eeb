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
 * Everything that determines what training learns from its data.
 *
 * @param architecture the network, at the input size to train for
 * @param recipe the training recipe
 * @param initialCheckpoint file with the initial weights; empty for random ones. It is read only at
 *     the start, but all later weights depend on it, so a run cannot be resumed with another.
 */
public record TrainingSpec(Architecture architecture, Recipe recipe, String initialCheckpoint)
    implements Serializable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The first version's settings, in its order; files have later ones after these. */
  private static final List<String> FIRST =
      List.of(
          "architecture,epochs,batchSize,ranks,syncBn,opt,optEps,momentum,weightDecay,lrDecayStyle,lr,lrMax,lrEnd,warmupLr,warmupEpochs,decayEpochs,decayRate,smoothing,drop,dropPath,emaDecay,ampLevel,lossScale,autoaugment,colorJitter,cropScale,cropFraction,interpolation,dropTail,ckptSaveEpoch,keepCheckpoints,perPrintTimes,initialCheckpoint,seed"
              .split(","));

  /**
   * @throws IllegalArgumentException naming an invalid setting, the expectation and the value
   */
  public TrainingSpec {
    recipe.requireSound(architecture.inputSize());
  }

  /** The same for another number of classes. */
  public TrainingSpec withClasses(int classes) {
    return new TrainingSpec(architecture.withClasses(classes), recipe, initialCheckpoint);
  }

  /** Random initial weights. */
  Weights randomStart() {
    return architecture.initialWeights(recipe.seed());
  }

  TrainingView trainingView() {
    return recipe.views().training(architecture.inputSize());
  }

  ValidationView validationView() {
    return recipe.views().validation(architecture.inputSize());
  }

  /** All settings, as written to files. */
  ObjectNode settings() {
    ObjectNode all = JSON.createObjectNode();
    all.set("architecture", JSON.valueToTree(architecture));
    recipe.settings().forEach(all::set);
    return all.put("initialCheckpoint", initialCheckpoint);
  }

  /** All settings, including those for output, as one JSON object. */
  String json(Bookkeeping bookkeeping) {
    ObjectNode all = settings().setAll(JSON.<ObjectNode>valueToTree(bookkeeping));
    ObjectNode ordered = JSON.createObjectNode();
    FIRST.forEach(name -> ordered.set(name, all.get(name)));
    ordered.setAll(all);
    return ordered.toString();
  }
}
