package ghostbeam.transforms.ingest;

import ghostbeam.transforms.source.Extent;
import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * A reference to a source image.
 *
 * @param key class and file name, such as {@code n01440764/n01440764_10026.JPEG}; unique
 * @param label from 0, an index into {@link ImageListing#classes}
 * @param extent the byte range of its file
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
