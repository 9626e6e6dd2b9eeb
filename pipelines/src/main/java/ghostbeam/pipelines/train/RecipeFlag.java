package ghostbeam.pipelines.train;

import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Setting;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** One setting of a recipe, and how to read its value from the flag of the same name. */
record RecipeFlag<O, P extends Record, V>(Setting<P, V> setting, Function<O, V> value) {

  /** A recipe with those flags applied whose names are given. */
  static <O> Recipe set(
      Recipe recipe, List<RecipeFlag<? super O, ?, ?>> flags, O options, Set<String> names) {
    Recipe set = recipe;
    for (RecipeFlag<? super O, ?, ?> flag : flags) {
      if (names.contains(flag.setting.name())) {
        set = flag.set(set, options);
      }
    }
    return set;
  }

  private Recipe set(Recipe recipe, O options) {
    return recipe.with(setting, value.apply(options));
  }
}
