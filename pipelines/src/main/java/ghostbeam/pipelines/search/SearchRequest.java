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
 * The validated {@link SearchOptions}, completed from the data.
 *
 * @param start the network to enlarge
 * @param budgets the cost of networks after each step
 * @param recipe of every candidate
 * @param bookkeeping of each training
 */
record SearchRequest(
    Places places,
    Dimensions start,
    List<Budget> budgets,
    ProxyTask proxy,
    boolean uniform,
    Recipe recipe,
    Bookkeeping bookkeeping) {
  /** Shorter than a training on all of the data, with smaller batches and without averages. */
  static final Recipe USUAL =
      Recipe.ORIGINAL
          .with(LearningRate::epochs, 30)
          .with(LearningRate::lrMax, 0.1)
          .with(Batching::batchSize, 64)
          .with(Regularization::emaDecay, 0.0);

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The data.
   *
   * @param data folder with the training images
   * @param validation folder with the validation images
   * @param digests of the splits
   */
  record Places(String data, String validation, List<String> digests) {}

  /**
   * Checks flags and data, down to the first step's candidates, before anything is written.
   *
   * @throws UsageException for an invalid flag
   * @throws IOException if data is missing or does not suit a search
   */
  static SearchRequest of(Storage storage, SearchOptions options) throws IOException {
    int steps = options.getSteps();
    UsageException.require(steps >= 1, "steps", steps, "at least 1");
    int proxyClasses = options.getProxyClasses();
    UsageException.require(proxyClasses >= 2, "proxyClasses", proxyClasses, "at least 2");
    int proxyImages = options.getProxyImages();
    UsageException.require(proxyImages >= 1, "proxyImages", proxyImages, "at least 1");
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
      SearchRequest request =
          new SearchRequest(
              new Places(data, validation, List.of(train.digest(), val)),
              start,
              Budget.steps(start, classes, options.getMultiplyAdds(), steps),
              new ProxyTask(proxyClasses, proxyImages, recipe.seed()),
              options.isUniform(),
              recipe,
              bookkeeping);
      request.requirePossible(storage);
      return request;
    } catch (IllegalArgumentException e) {
      throw new UsageException(Words.oneLine(e));
    }
  }

  /** A step has candidates and images to learn from; of later steps that depends on this one. */
  private void requirePossible(Storage storage) throws IOException {
    SearchStep.of(this, 1, start)
        .problem()
        .ifPresent(
            problem -> {
              throw new UsageException(problem);
            });
    long images = proxy.trainingImages(storage, places.data, places.validation);
    int needed = recipe.batching().fewestImages();
    if (images < needed) {
      throw new UsageException(
          "the proxy task has %d training images, an epoch needs at least %d; raise --proxyImages, or lower --batchSize or --accumulate"
              .formatted(images, needed));
    }
  }

  /** The recipe of flags that are not given. */
  static Recipe usual(SearchOptions options) {
    return options.getRecipe().of(USUAL);
  }

  /** Whether averaged weights are scored instead of the last ones. */
  boolean averages() {
    return recipe.regularization().emaDecay() > 0;
  }

  /** Classes of the network to find. */
  int classes() {
    return budgets.get(0).classes();
  }

  /** All that decides the result, for files. */
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
