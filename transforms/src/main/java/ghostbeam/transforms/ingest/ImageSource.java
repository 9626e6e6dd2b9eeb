package ghostbeam.transforms.ingest;

import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * Where a split's images are, and where it is written what they show.
 *
 * @param inputs absolute paths or URIs of folders, zips and tars, or globs of them
 * @param split {@code train} or {@code val}; of an input without such folders, all of it
 * @param labels a file that says the class of each image, or empty where folders tell it
 * @param classes a file that lists the classes, or empty where the images' own are all
 * @param labelOffset the number of the first class, where classes are numbers; null where the form
 *     tells it
 * @param expectedDigest of the only input, as {@code md5:…} or {@code sha256:…}, or empty
 * @param refusesStreams whether a file that is read forwards, such as a table, is refused beside
 *     class folders rather than taken for one of their files
 */
@DefaultCoder(SerializableCoder.class)
public record ImageSource(
    List<String> inputs,
    String split,
    String labels,
    String classes,
    Integer labelOffset,
    String expectedDigest,
    boolean refusesStreams)
    implements Serializable {

  /** Copies the list. */
  public ImageSource {
    inputs = List.copyOf(inputs);
  }

  /** Class folders of one input. */
  public static ImageSource of(String input, String split) {
    return of(List.of(input), split);
  }

  /** Class folders of several inputs, each class in one of them or in several. */
  public static ImageSource of(List<String> inputs, String split) {
    return new ImageSource(inputs, split, "", "", null, "", false);
  }

  /** Images of one folder and the absolute path of the file that says their classes. */
  public ImageSource withLabels(String path) {
    return new ImageSource(
        inputs, split, path, classes, labelOffset, expectedDigest, refusesStreams);
  }

  /** The absolute path of a list of all classes, such as the train split's manifest. */
  public ImageSource withClasses(String path) {
    return new ImageSource(
        inputs, split, labels, path, labelOffset, expectedDigest, refusesStreams);
  }

  /** The number of the first class, or null for what the source's form documents. */
  public ImageSource withLabelOffset(Integer offset) {
    return new ImageSource(inputs, split, labels, classes, offset, expectedDigest, refusesStreams);
  }

  /** To be refused if the only input has another digest than {@code md5:…} or {@code sha256:…}. */
  public ImageSource withExpectedDigest(String digest) {
    return new ImageSource(inputs, split, labels, classes, labelOffset, digest, refusesStreams);
  }

  /** With nothing beside class folders that is of another form, since nobody said which to read. */
  public ImageSource refusingStreams() {
    return new ImageSource(inputs, split, labels, classes, labelOffset, expectedDigest, true);
  }

  /** What to call it: its inputs, comma-separated. */
  public String uri() {
    return String.join(",", inputs);
  }
}
