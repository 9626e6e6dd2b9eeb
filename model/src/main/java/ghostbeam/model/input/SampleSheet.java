package ghostbeam.model.input;

import ghostbeam.model.augmentation.ContactSheet;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.ValidationView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A contact sheet of a dataset: images of it, which lie evenly in it, each in a row as it is and
 * then as training sees it in one epoch after another.
 *
 * @param view how training sees an image
 * @param seed of the training
 */
public record SampleSheet(Dataset dataset, TrainingView view, long seed) {

  /** The records of a sheet of so many images, or of all where there are fewer. */
  public List<Long> records(int images) {
    long all = dataset.manifest().records();
    long shown = Math.min(images, all);
    return LongStream.range(0, shown).map(i -> i * all / shown).boxed().toList();
  }

  /**
   * The sheet as a PNG file's bytes.
   *
   * @throws IOException where a record cannot be read or decoded, naming it
   */
  public byte[] png(int images, int epochs) throws IOException {
    ValidationView whole = new ValidationView(view.inputSize(), 1, view.interpolation());
    ExampleDecoder source = new ExampleDecoder(Codec.best());
    List<List<Pixels>> rows = new ArrayList<>();
    for (long record : records(images)) {
      try {
        Pixels image = source.decode(dataset.read(record));
        List<Pixels> row = new ArrayList<>(List.of(whole.apply(image)));
        for (int epoch = 1; epoch <= epochs; epoch++) {
          row.add(view.apply(image, SampleOrder.random(seed, epoch, record)));
        }
        rows.add(row);
      } catch (UndecodableImageException e) {
        throw new IOException(
            "record %d cannot be decoded: %s; preprocess the dataset again"
                .formatted(record, e.getMessage()),
            e);
      }
    }
    return ContactSheet.png(rows);
  }
}
