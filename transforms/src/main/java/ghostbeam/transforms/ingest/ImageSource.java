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
 * @param expectedDigest of the only input, as {@code md5:…} or {@code sha256:…}, or empty
 */
@DefaultCoder(SerializableCoder.class)
public record ImageSource(
    List<String> inputs, String split, String labels, String classes, String expectedDigest)
    implements Serializable {

  /** Copies the list. */
  public ImageSource {
    inputs = List.copyOf(inputs);
  }

  /** Class folders of one input. */
  public static ImageSource of(String input, String split) {
    return new ImageSource(List.of(input), split, "", "", "");
  }

  /** What to call it: its inputs, comma-separated. */
  public String uri() {
    return String.join(",", inputs);
  }
}
