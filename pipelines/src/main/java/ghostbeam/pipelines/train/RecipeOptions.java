package ghostbeam.pipelines.train;

import ghostbeam.model.recipe.RecipeChoice;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Flag of the recipe that all others change. */
@Description("which recipe:")
public interface RecipeOptions extends PipelineOptions {

  @Description(
      "Recipe whose values those flags have that are not given: published, the network's; small, for "
          + "some thousand images and minutes; ./run inspect PRESET shows both. Default: published. "
          + "Example: --recipe=small")
  @Default.Enum("PUBLISHED")
  RecipeChoice getRecipe();

  void setRecipe(RecipeChoice recipe);
}
