package ghostbeam.pipelines.inspect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.augmentation.Augmentation;
import ghostbeam.model.augmentation.ContactSheet;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.input.SampleOrder;
import ghostbeam.model.record.Example;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Draws a contact sheet: the images of a dataset's train split as training sees them. */
final class SheetFacts {
  private static final int IMAGES = 8;
  private static final int EPOCHS = 9;
  private static final int LARGEST_SIDE = 512;
  private static final String SPLIT = "train";

  private SheetFacts() {}

  /**
   * Refuses what no sheet can be drawn of.
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
    return new TrainingView(
        options.getInputSize(),
        options.getCropScale(),
        interpolation(options),
        Augmentation.of(options.isAutoaugment(), options.getColorJitter()));
  }

  private static Interpolation interpolation(InspectOptions options) {
    return NetworkFlags.interpolation(
        options.getInterpolation(), "one of " + Interpolation.titles());
  }

  /** Writes the sheet and tells which images are on it; images lie evenly in the split. */
  static ObjectNode write(Storage storage, String folder, InspectOptions options)
      throws IOException {
    TrainingView view = view(options);
    ValidationView whole = new ValidationView(view.inputSize(), 1, view.interpolation());
    ExampleDecoder source = new ExampleDecoder(Codec.best());
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    List<List<Pixels>> rows = new ArrayList<>();
    try (Dataset dataset = Dataset.open(storage, folder, SPLIT)) {
      long records = dataset.manifest().records();
      for (long i = 0; i < Math.min(IMAGES, records); i++) {
        long record = i * records / Math.min(IMAGES, records);
        Example example = dataset.read(record);
        Pixels image = source.decode(example);
        List<Pixels> row = new ArrayList<>(List.of(whole.apply(image)));
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
          row.add(view.apply(image, SampleOrder.random(options.getSeed(), epoch, record)));
        }
        rows.add(row);
        facts.put("record " + record, example.filename());
      }
    } catch (UndecodableImageException e) {
      throw new IOException(folder + " holds an image that cannot be decoded", e);
    }
    String path = Launch.absolute(options.getContactSheet());
    storage.writeWhole(path, ByteBuffer.wrap(ContactSheet.png(rows)));
    return facts.put("uri", path);
  }
}
