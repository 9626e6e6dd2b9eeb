package ghostbeam.pipelines.train;

import ghostbeam.model.recipe.LearningRate;
import ghostbeam.model.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Warnings, before the first step, about effects of a recipe that its user may not expect. */
public final class RecipeWarnings {
  /** Share of the initial weights in the averages above which there is a warning. */
  private static final double MUCH = 0.05;

  /** Number of images below which recipes for ImageNet make too few steps. */
  private static final long FEW = 10_000;

  private RecipeWarnings() {}

  /**
   * One line per warning.
   *
   * @param base the base recipe, without the given flags
   * @param given names of the flags that the user gave
   * @param images number of training images
   */
  public static List<String> of(Recipe recipe, Recipe base, Set<String> given, long images) {
    List<String> lines = new ArrayList<>();
    LearningRate rate = recipe.learningRate();
    if (rate.lrDecayStyle().climbs() && given.contains("lr") != given.contains("lrMax")) {
      String missing = given.contains("lr") ? "lrMax" : "lr";
      lines.add(
          "The learning rate begins at --lr=%s, is --lrMax=%s after %d epochs of warm-up and ends near %s; --%s was not given"
              .formatted(
                  plain(rate.lr()),
                  plain(rate.lrMax()),
                  rate.warmupEpochs(),
                  plain(rate.lrEnd()),
                  missing));
    }
    if (given.contains("epochs")
        && !given.contains("warmupEpochs")
        && rate.warmupEpochs() < base.learningRate().warmupEpochs()) {
      lines.add(
          "--warmupEpochs is cut to %d to fit --epochs=%d"
              .formatted(rate.warmupEpochs(), rate.epochs()));
    }
    if (images < FEW && !given.contains("recipe") && !given.contains("batchSize")) {
      lines.add(
          String.format(
              Locale.ROOT,
              "With %,d images, --batchSize=%d makes %d step%s an epoch; --recipe=small is meant for so few",
              images,
              recipe.batching().batchSize(),
              stepsPerEpoch(recipe, images),
              stepsPerEpoch(recipe, images) == 1 ? "" : "s"));
    }
    addAverages(lines, recipe, images);
    return lines;
  }

  private static long stepsPerEpoch(Recipe recipe, long images) {
    int stepImages = recipe.batching().stepImages();
    long filled = recipe.batching().dropTail() ? images : images + stepImages - 1;
    return filled / stepImages;
  }

  /** As people type it: {@code 1e-6}. */
  private static String plain(double number) {
    return Double.toString(number).replaceFirst("\\.0(?=E|$)", "").replace('E', 'e');
  }

  private static void addAverages(List<String> lines, Recipe recipe, long images) {
    double decay = recipe.regularization().emaDecay();
    long steps = stepsPerEpoch(recipe, images) * recipe.learningRate().epochs();
    double first = Math.pow(decay, (double) steps);
    if (decay > 0 && first > MUCH && !recipe.regularization().emaWarmup()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "--emaDecay=%s is slow for %,d steps: averaged weights remain %.0f %% the random initial ones; add --emaWarmup, or use %s",
              decay,
              steps,
              100 * first,
              suitable(steps)));
    }
  }

  /** A decay that forgets the initial weights: 0.9 from 30 steps on, 0.99 from 300, and so on. */
  private static String suitable(long steps) {
    if (steps < 30) {
      return "--emaDecay=0";
    }
    int nines = (int) Math.floor(Math.log10(steps / 3.0));
    return "--emaDecay=0." + "9".repeat(nines);
  }
}
