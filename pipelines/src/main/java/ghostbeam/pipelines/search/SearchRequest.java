package ghostbeam.pipelines.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.recipe.Batching;
import ghostbeam.model.recipe.Bookkeeping;
import ghostbeam.model.recipe.LearningRate;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Regularization;
import ghostbeam.model.search.Budget;
import ghostbeam.model.search.Dimensions;
import ghostbeam.model.search.ProxyTask;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.cli.Words;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.train.RecipeFlags;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What {@link SearchOptions} ask for, checked and completed by what the data says.
 *
 * @param places where the data is, and what it was
 * @param start the network to enlarge
 * @param budgets what networks cost after each step
 * @param recipe by which every candidate is trained
 * @param bookkeeping what each training writes
 */
record SearchRequest(
    Places places,
    Dimensions start,
    List<Budget> budgets,
    ProxyTask proxy,
    boolean uniform,
    Recipe recipe,
    Bookkeeping bookkeeping) {
  /** Shorter than a training on all of the data, on smaller batches, and without averages. */
  static final Recipe USUAL =
      Recipe.ORIGINAL
          .with(LearningRate::epochs, 30)
          .with(LearningRate::lrMax, 0.1)
          .with(Batching::batchSize, 64)
          .with(Regularization::emaDecay, 0.0);

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Two splits.
   *
   * @param data folder with the training images
   * @param validation folder with the validation images
   * @param digests of the splits
   */
  record Places(String data, String validation, List<String> digests) {}

  /**
   * Checks flags and data.
   *
   * @throws UsageException for a flag that cannot be
   * @throws IOException where data is not there
   */
  static SearchRequest of(Storage storage, SearchOptions options) throws IOException {
    require(options.getSteps() >= 1, "steps", options.getSteps(), "at least 1");
    require(
        options.getProxyClasses() >= 2, "proxyClasses", options.getProxyClasses(), "at least 2");
    require(options.getProxyImages() >= 1, "proxyImages", options.getProxyImages(), "at least 1");
    String data = Launch.place("data", options.getData());
    String validation =
        options.getValidation().isEmpty() ? data : Launch.absolute(options.getValidation());
    options.setPreset(options.getFrom());
    try {
      Architecture network = NetworkFlags.architecture(options, 2);
      Dimensions start = Dimensions.of(network);
      Recipe recipe = RecipeFlags.recipe(usual(options), options, network);
      recipe.requireSound(network.inputSize());
      Bookkeeping bookkeeping =
          new Bookkeeping(
                  recipe.learningRate().epochs(),
                  1,
                  options.getPerPrintTimes(),
                  options.getStateSaveSteps())
              .withoutTensorBoard();
      Manifest train = Manifest.read(storage, data, "train");
      String val = Manifest.read(storage, validation, "val").digest();
      int classes = train.classes().size();
      return new SearchRequest(
          new Places(data, validation, List.of(train.digest(), val)),
          start,
          Budget.steps(start, classes, options.getMultiplyAdds(), options.getSteps()),
          new ProxyTask(options.getProxyClasses(), options.getProxyImages(), recipe.seed()),
          options.isUniform(),
          recipe,
          bookkeeping);
    } catch (IllegalArgumentException e) {
      throw new UsageException(Words.oneLine(e));
    }
  }

  /** What flags that are not given say. */
  static Recipe usual(SearchOptions options) {
    return options.getRecipe().of(USUAL);
  }

  private static void require(boolean holds, String flag, int value, String expectation) {
    if (!holds) {
      throw new UsageException(
          "--%s=%d cannot be; expected %s".formatted(flag, value, expectation));
    }
  }

  /** Whether averaged weights are scored, in place of the last ones. */
  boolean averages() {
    return recipe.regularization().emaDecay() > 0;
  }

  /** Classes of the network that is looked for. */
  int classes() {
    return budgets.get(0).classes();
  }

  /** All that decides what is found, as files have it. */
  Asked asked() {
    return new Asked(
        places.digests,
        start,
        budgets.get(budgets.size() - 1).multiplyAdds(),
        budgets.size(),
        uniform,
        proxy,
        recipe.settings());
  }

  /** See {@link #asked}. */
  record Asked(
      List<String> datasets,
      Dimensions start,
      long multiplyAdds,
      int steps,
      boolean uniform,
      ProxyTask proxy,
      Map<String, JsonNode> recipe) {
    JsonNode json() {
      return JSON.valueToTree(this);
    }
  }
}
