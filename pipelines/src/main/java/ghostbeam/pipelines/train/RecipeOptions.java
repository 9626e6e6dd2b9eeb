package ghostbeam.pipelines.train;

import ghostbeam.model.recipe.RecipeChoice;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** The flag of the base recipe, which the other flags change. */
@Description("which recipe:")
public interface RecipeOptions extends PipelineOptions {

  @Description(
      "Recipe that flags take their values from unless given: published, the network's; small,"
          + " for a few thousand images and minutes of training; ./run inspect PRESET shows"
          + " both. Default: published. Example: --recipe=small")
  @Default.Enum("PUBLISHED")
  RecipeChoice getRecipe();

  void setRecipe(RecipeChoice recipe);
}
