package ghostbeam.transforms.ingest;

import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * The location of a split's images and of their labels.
 *
 * @param inputs absolute paths or URIs of folders, zips and tars, or globs of them
 * @param split {@code train} or {@code val}; an input without such folders is read whole
 * @param labels a file with the class of each image, or empty if folders give it
 * @param classes a file that lists the classes, or empty to take those that the images have
 * @param labelOffset number of the first class, if classes are numbers; null for the convention of
 *     the format
 * @param expectedDigest of the only input, as {@code md5:…} or {@code sha256:…}, or empty
 * @param refusesStreams whether a file of a streamed format beside class folders is refused rather
 *     than treated as one of their files
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

  /** Class folders in one input. */
  public static ImageSource of(String input, String split) {
    return of(List.of(input), split);
  }

  /** Class folders in several inputs, over which a class may be spread. */
  public static ImageSource of(List<String> inputs, String split) {
    return new ImageSource(inputs, split, "", "", null, "", false);
  }

  /** Images in one folder, with the absolute path of a labels file. */
  public ImageSource withLabels(String path) {
    return new ImageSource(
        inputs, split, path, classes, labelOffset, expectedDigest, refusesStreams);
  }

  /** Sets the absolute path of a list of all classes, such as the train split's manifest. */
  public ImageSource withClasses(String path) {
    return new ImageSource(
        inputs, split, labels, path, labelOffset, expectedDigest, refusesStreams);
  }

  /** Sets the number of the first class; null for the convention of the source's format. */
  public ImageSource withLabelOffset(Integer offset) {
    return new ImageSource(inputs, split, labels, classes, offset, expectedDigest, refusesStreams);
  }

  /** Refuses the only input if its digest is not this, {@code md5:…} or {@code sha256:…}. */
  public ImageSource withExpectedDigest(String digest) {
    return new ImageSource(inputs, split, labels, classes, labelOffset, digest, refusesStreams);
  }

  /** Refuses files of a streamed format beside class folders, for when no format was requested. */
  public ImageSource refusingStreams() {
    return new ImageSource(inputs, split, labels, classes, labelOffset, expectedDigest, true);
  }

  /** Its inputs, comma-separated. */
  public String uri() {
    return String.join(",", inputs);
  }
}
