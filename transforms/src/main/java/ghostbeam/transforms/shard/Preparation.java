package ghostbeam.transforms.shard;

import com.fasterxml.jackson.annotation.JsonValue;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.image.EncodedJpeg;
import ghostbeam.model.image.ShorterSide;
import ghostbeam.model.record.Example;
import ghostbeam.transforms.ingest.LabelledImage;
import java.io.Serializable;
import java.util.Locale;

/**
 * How a source image becomes a record.
 *
 * @param shorterSide pixels that {@link Encoding#RESIZED} shrinks to; others ignore it
 * @param quality of re-encoded JPEGs, 1 to 100
 */
public record Preparation(Encoding encoding, int shorterSide, int quality) implements Serializable {

  /** What a record keeps of an image. */
  public enum Encoding {
    /** An intact RGB or grey JPEG byte for byte; any other image as an RGB JPEG of its size. */
    ORIGINAL,
    /**
     * An RGB JPEG whose shorter side has {@link Preparation#shorterSide} pixels, shrunk with
     * Pillow's antialiased bicubic. An image no larger than that is treated as by {@link
     * #ORIGINAL}: enlarging adds bytes, not detail.
     */
    RESIZED,
    /** The pixels, uint8 H×W×3 in RGB order, with format {@code RAW}. */
    RAW;

    /** The name for users and in manifests: {@code original}, {@code resized}, {@code raw}. */
    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Throws {@link IllegalArgumentException} for a side below 1 or a quality not in 1 to 100. */
  public Preparation {
    if (shorterSide < 1) {
      throw new IllegalArgumentException("shorter side of " + shorterSide + " pixels");
    }
    Codec.checkQuality(quality);
  }

  /** The manifest's settings; a shorter side or quality that has no effect is 0. */
  Manifest.Settings toManifest(String codec) {
    int side = encoding == Encoding.RESIZED ? shorterSide : 0;
    int jpegs = encoding == Encoding.RAW ? 0 : quality;
    return new Manifest.Settings(encoding.toString(), side, jpegs, codec);
  }

  /**
   * Makes a record of an image. Decodes all of its bytes whatever the encoding, so that every
   * record is decodable; a JPEG that is kept is decoded at 1/8 size, which reads all of its bytes,
   * too.
   *
   * @throws UndecodableImageException if the bytes are no image, a truncated one, or one too large
   *     for the encoding
   */
  Example prepare(LabelledImage image, byte[] bytes, Codec codec) throws UndecodableImageException {
    ImageHeader header = ImageHeader.read(bytes);
    ShorterSide shorter = new ShorterSide(shorterSide);
    if (encoding == Encoding.RESIZED && shorter.shrinks(header)) {
      return example(image, shorter.encode(bytes, header, codec, quality));
    }
    if (encoding != Encoding.RAW && isKeepable(header)) {
      return example(image, bytes, header, "", codec.eighthDigest(bytes));
    }
    Pixels pixels = codec.decode(bytes);
    return encoding == Encoding.RAW
        ? example(
            image, pixels.rgb(), rgb("RAW", pixels.width(), pixels.height()), pixels.digest(), "")
        : example(image, EncodedJpeg.of(pixels, codec, quality));
  }

  /** True for RGB and grey JPEGs, which every reader of records can decode. */
  static boolean isKeepable(ImageHeader header) {
    return header.format().equals("JPEG") && header.channels() != 4;
  }

  private static Example example(LabelledImage image, EncodedJpeg jpeg) {
    ImageHeader kind = rgb("JPEG", jpeg.width(), jpeg.height());
    return example(image, jpeg.bytes(), kind, jpeg.digest(), "");
  }

  private static ImageHeader rgb(String format, int width, int height) {
    return new ImageHeader(format, width, height, 3, "RGB");
  }

  /** Digests are of the pixels before re-encoding, so that they identify equal images. */
  private static Example example(
      LabelledImage image, byte[] kept, ImageHeader kind, String pixelDigest, String eighthDigest) {
    return new Example(
        kept,
        kind.format(),
        kind.width(),
        kind.height(),
        kind.channels(),
        kind.colorspace(),
        image.label(),
        image.synset(),
        image.filename(),
        pixelDigest,
        eighthDigest);
  }
}
