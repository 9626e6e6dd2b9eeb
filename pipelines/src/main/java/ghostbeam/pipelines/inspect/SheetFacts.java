package ghostbeam.pipelines.inspect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.input.SampleSheet;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Views;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.train.AugmentationFlags;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Draws a contact sheet: the images of a dataset's train split as training sees them. */
final class SheetFacts {
  private static final int IMAGES = 8;
  private static final int EPOCHS = 9;
  private static final int LARGEST_SIDE = 512;
  private static final String SPLIT = "train";

  private SheetFacts() {}

  /**
   * Rejects arguments for which no sheet can be drawn.
   *
   * @throws UsageException naming the flag
   */
  static void require(List<String> what, InspectOptions options) {
    if (what.size() > 1 || options.isDuplicates()) {
      throw new UsageException("--contactSheet takes one dataset and no --duplicates");
    }
    if (options.getInputSize() < 8 || options.getInputSize() > LARGEST_SIDE) {
      throw new UsageException(
          "--inputSize of a contact sheet is 8 to 512, found " + options.getInputSize());
    }
    UsageException.ofFlags(() -> view(options));
  }

  private static TrainingView view(InspectOptions options) {
    Recipe recipe =
        AugmentationFlags.set(options.getRecipe().of(Recipe.ORIGINAL), options)
            .with(Views::interpolation, interpolation(options));
    recipe.views().augmentations().requireSound();
    return recipe.views().training(options.getInputSize());
  }

  private static Interpolation interpolation(InspectOptions options) {
    return NetworkFlags.interpolation(
        options.getInterpolation(), "one of " + Interpolation.titles());
  }

  /** Writes the sheet and returns which images are on it, evenly spaced in the split. */
  static ObjectNode write(Storage storage, String folder, InspectOptions options)
      throws IOException {
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    String path = Launch.absolute(options.getContactSheet());
    try (Dataset dataset = Dataset.open(storage, folder, SPLIT)) {
      SampleSheet sheet = new SampleSheet(dataset, view(options), options.getSeed());
      for (long record : sheet.records(IMAGES)) {
        facts.put("record " + record, dataset.read(record).key());
      }
      storage.writeWhole(path, ByteBuffer.wrap(sheet.png(IMAGES, EPOCHS)));
    }
    return facts.put("uri", path);
  }
}
