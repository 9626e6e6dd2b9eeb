package ghostbeam.model.input;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.record.Example;
import java.io.IOException;

/** Decodes records of any encoding. Thread-safe. */
public record ExampleDecoder(Codec codec) {

  /** A record's image and its label. */
  public record Sample(Pixels image, int label) {}

  /**
   * Reads and decodes a record of a dataset; preprocessing made sure that all its records can be.
   *
   * @throws IOException where it cannot be read or decoded, naming it
   */
  public Sample read(Dataset dataset, long record) throws IOException {
    Example example = dataset.read(record);
    try {
      return new Sample(decode(example), example.label());
    } catch (UndecodableImageException e) {
      throw new IOException(
          "record %d of split %s (%s) cannot be decoded: %s; preprocess the dataset again"
              .formatted(record, dataset.manifest().split(), example.key(), e.getMessage()),
          e);
    }
  }

  /** The record's image as RGB. */
  public Pixels decode(Example example) throws UndecodableImageException {
    return example.format().equals("RAW") ? raw(example) : codec.decode(example.encoded());
  }

  private static Pixels raw(Example example) throws UndecodableImageException {
    byte[] samples = example.encoded();
    long pixels = (long) example.width() * example.height();
    if (samples.length == pixels * 3 && pixels > 0) {
      return new Pixels(example.width(), example.height(), samples);
    }
    if (samples.length != pixels || pixels == 0 || pixels > ImageHeader.MAX_PIXELS) {
      throw new UndecodableImageException(
          "%d bytes are not a raw image of %d×%d"
              .formatted(samples.length, example.width(), example.height()));
    }
    byte[] rgb = new byte[samples.length * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = samples[i / 3];
    }
    return new Pixels(example.width(), example.height(), rgb);
  }
}
