package ghostbeam.model.input;

import ghostbeam.model.augmentation.ContactSheet;
import ghostbeam.model.augmentation.Mixture;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Normalization;
import ghostbeam.model.image.ValidationView;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A contact sheet of a dataset: images of it, which lie evenly in it, each in a row as it is and
 * then as training sees it in one epoch after another. Where batches are mixed, a column is mixed
 * as the batch 0 of its epoch would be if it were of these images.
 *
 * @param view how training sees images
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
    List<Long> records = records(images);
    List<Pixels> originals = new ArrayList<>();
    List<List<Pixels>> rows = new ArrayList<>();
    for (long record : records) {
      Pixels original = decode(record);
      originals.add(original);
      rows.add(new ArrayList<>(List.of(whole.apply(original))));
    }
    for (int epoch = 1; epoch <= epochs; epoch++) {
      List<FloatBuffer> batch = batch(epoch, records, originals);
      for (int i = 0; i < batch.size(); i++) {
        rows.get(i).add(Normalization.pixels(batch.get(i), view.inputSize(), view.inputSize()));
      }
    }
    return ContactSheet.png(rows);
  }

  private Pixels decode(long record) throws IOException {
    try {
      return new ExampleDecoder(Codec.best()).decode(dataset.read(record));
    } catch (UndecodableImageException e) {
      throw new IOException(
          "record %d cannot be decoded: %s; preprocess the dataset again"
              .formatted(record, e.getMessage()),
          e);
    }
  }

  private List<FloatBuffer> batch(int epoch, List<Long> records, List<Pixels> originals) {
    List<FloatBuffer> batch = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      FloatBuffer image = FloatBuffer.allocate(3 * view.inputSize() * view.inputSize());
      view.put(originals.get(i), SampleOrder.random(seed, epoch, records.get(i)), image);
      batch.add(image);
    }
    Mixture mixture = view.mixing().draw(view.inputSize(), SampleOrder.ofMixing(seed, epoch, 0));
    for (int i = 0; i < batch.size() / 2; i++) {
      mixture.mix(batch.get(i), batch.get(Targets.partner(i, batch.size())));
    }
    return batch;
  }
}
