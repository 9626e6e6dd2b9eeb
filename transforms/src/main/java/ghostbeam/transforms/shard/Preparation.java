package ghostbeam.transforms.shard;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.Manifest;
import ghostbeam.transforms.ingest.ImageRef;
import java.io.Serializable;
import java.util.Locale;

/**
 * How a source image becomes a record.
 *
 * @param shorterSide pixels; what {@link Encoding#RESIZED} shrinks to
 * @param quality of JPEGs that are encoded anew, 1 to 100
 */
public record Preparation(Encoding encoding, int shorterSide, int quality) implements Serializable {

  /** What a record keeps of an image. */
  public enum Encoding {
    /** A sound RGB or grey JPEG's bytes as they are; any other image as an RGB JPEG of its size. */
    ORIGINAL,
    /**
     * An RGB JPEG whose shorter side has {@link Preparation#shorterSide} pixels, shrunk by Pillow's
     * antialiased bicubic. An image no larger than that is kept as by {@link #ORIGINAL}: enlarging
     * adds bytes, not detail.
     */
    RESIZED;

    /** The name in flags and manifests: {@code original}, {@code resized}. */
    public String flag() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Throws {@link IllegalArgumentException} for a side below 1 or a quality outside 1 to 100. */
  public Preparation {
    if (shorterSide < 1) {
      throw new IllegalArgumentException("shorter side of " + shorterSide + " pixels");
    }
    Codec.checkQuality(quality);
  }

  /** What the manifest says; a shorter side of 0 where none is asked for. */
  Manifest.Settings toManifest(String codec) {
    int side = encoding == Encoding.RESIZED ? shorterSide : 0;
    return new Manifest.Settings(encoding.flag(), side, quality, codec);
  }

  /**
   * Decodes an image in full, whatever is kept of it, so that no record is undecodable.
   *
   * @throws UndecodableImageException for bytes that are no image, or not a whole one
   */
  Example prepare(ImageRef image, byte[] bytes, Codec codec) throws UndecodableImageException {
    Pixels pixels = codec.decode(bytes);
    if (encoding == Encoding.RESIZED && Math.min(pixels.width(), pixels.height()) > shorterSide) {
      return encoded(image, shrunk(pixels), codec);
    }
    ImageHeader header = ImageHeader.read(bytes);
    boolean keep = header.format().equals("JPEG") && header.channels() != 4;
    return keep ? kept(image, bytes, header) : encoded(image, pixels, codec);
  }

  private Pixels shrunk(Pixels pixels) {
    double scale = (double) shorterSide / Math.min(pixels.width(), pixels.height());
    int width = (int) Math.round(pixels.width() * scale);
    int height = (int) Math.round(pixels.height() * scale);
    return Interpolation.PILLOW.resize(pixels, width, height);
  }

  private static Example kept(ImageRef image, byte[] bytes, ImageHeader header) {
    return new Example(
        bytes,
        header.format(),
        header.width(),
        header.height(),
        header.channels(),
        header.colorspace(),
        image.label(),
        image.synset(),
        image.filename());
  }

  private Example encoded(ImageRef image, Pixels pixels, Codec codec) {
    return new Example(
        codec.encodeJpeg(pixels, quality),
        "JPEG",
        pixels.width(),
        pixels.height(),
        3,
        "RGB",
        image.label(),
        image.synset(),
        image.filename());
  }
}
