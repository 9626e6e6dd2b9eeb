package ghostbeam.pipelines.page;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.verdict.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Small square pictures of a dataset's records, as {@code data:} URIs. */
final class Thumbnails {
  /** Twice what the page shows, for fine screens. */
  private static final int SIDE = 144;

  private static final int QUALITY = 80;
  private static final int PER_PAIR = 4;
  private static final Logger LOG = LoggerFactory.getLogger(Thumbnails.class);
  private static final ValidationView VIEW = new ValidationView(SIDE, 1, Interpolation.PILLOW);

  /**
   * One picture.
   *
   * @param record its number
   * @param uri {@code data:image/jpeg;base64,…}
   */
  record Picture(int record, String uri) {}

  /** A confused pair with pictures of its first records; none if the dataset is unreachable. */
  record Shown(ConfusedPair pair, List<Picture> pictures) {}

  private Thumbnails() {}

  /**
   * Pictures of each pair. A report is useful without them: if the dataset is gone or has changed
   * since it was scored, there are none and the log says why.
   */
  static List<Shown> of(Storage storage, Report.Dataset data, List<ConfusedPair> pairs) {
    try (Dataset dataset = Dataset.open(storage, data.uri(), data.split())) {
      if (!dataset.manifest().digest().equals(data.digest())) {
        throw new IOException(data.uri() + " is no longer the dataset that was scored");
      }
      List<Shown> shown = new ArrayList<>();
      for (ConfusedPair pair : pairs) {
        shown.add(new Shown(pair, pictures(dataset, pair)));
      }
      return shown;
    } catch (IOException e) {
      LOG.warn("report.html has no pictures of confused images: {}", e.getMessage());
      return pairs.stream().map(pair -> new Shown(pair, List.of())).toList();
    }
  }

  private static List<Picture> pictures(Dataset dataset, ConfusedPair pair) throws IOException {
    List<Picture> pictures = new ArrayList<>();
    ExampleDecoder images = new ExampleDecoder(Codec.best());
    for (int record : pair.records().subList(0, Math.min(PER_PAIR, pair.count()))) {
      try {
        Pixels small = VIEW.apply(images.decode(dataset.read(record)));
        byte[] jpeg = Codec.best().encodeJpeg(small, QUALITY);
        String base64 = Base64.getEncoder().encodeToString(jpeg);
        pictures.add(new Picture(record, "data:image/jpeg;base64," + base64));
      } catch (UndecodableImageException e) {
        throw new IOException(
            "record " + record + " can no longer be decoded: " + e.getMessage(), e);
      }
    }
    return pictures;
  }
}
