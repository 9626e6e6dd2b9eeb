package ghostbeam.transforms.ingest;

import ghostbeam.transforms.source.Extent;
import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * One source image, by reference.
 *
 * @param key class and file name, such as {@code n01440764/n01440764_10026.JPEG}; unique
 * @param label 0-based rank of the class's name among all, in byte order
 * @param extent where its bytes lie
 */
@DefaultCoder(ImageRefCoder.class)
public record ImageRef(String key, int label, Extent extent) implements LabelledImage {

  @Override
  public String synset() {
    return key.substring(0, key.indexOf('/'));
  }

  @Override
  public String filename() {
    return key.substring(key.indexOf('/') + 1);
  }
}
