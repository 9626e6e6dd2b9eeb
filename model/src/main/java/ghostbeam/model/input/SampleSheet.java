package ghostbeam.model.input;

import ghostbeam.model.augmentation.ContactSheet;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Normalization;
import ghostbeam.model.image.ValidationView;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A contact sheet of evenly spaced images of a dataset. Each row shows an image first unaugmented
 * and then as training sees it in successive epochs. Where batches are mixed, a column is mixed as
 * if it were batch 0 of its epoch.
 *
 * @param view how training sees images
 * @param seed the training run's
 */
public record SampleSheet(Dataset dataset, TrainingView view, long seed) {

  /** The records on a sheet of the given number of images, or all where there are fewer. */
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
    int[] records = records(images).stream().mapToInt(Math::toIntExact).toArray();
    List<List<Pixels>> rows = new ArrayList<>();
    for (int record : records) {
      rows.add(new ArrayList<>(List.of(whole.apply(source.read(dataset, record).image()))));
    }
    Division one = new Division(records.length, 1, false);
    for (int epoch = 1; epoch <= epochs; epoch++) {
      addBatch(rows, new EpochPlan(seed, epoch, records, one, 0, 1));
    }
    return ContactSheet.png(rows);
  }

  private void addBatch(List<List<Pixels>> rows, EpochPlan plan) throws IOException {
    int side = view.inputSize();
    try (BatchLoader loader = new BatchLoader(dataset, view, plan, 0, 1, new BatchBuffers())) {
      FloatBuffer batch = loader.next().images().asFloatBuffer();
      for (int i = 0; i < rows.size(); i++) {
        FloatBuffer image = batch.slice(i * 3 * side * side, 3 * side * side);
        rows.get(i).add(Normalization.pixels(image, side, side));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while drawing a contact sheet");
    }
  }
}
