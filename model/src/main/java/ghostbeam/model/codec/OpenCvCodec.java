package ghostbeam.model.codec;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.util.ArrayList;
import java.util.List;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/**
 * Decodes JPEG, BMP and WebP with OpenCV's bundled decoders, and other files with this package's or
 * the JDK's. Available everywhere, but without SIMD for JPEG.
 */
final class OpenCvCodec implements Codec {
  /** The longest side that OpenCV reads. */
  private static final int MAX_SIDE = 1_000_000;

  /** Loads OpenCV, which unpacks 65 MB: create a codec only when there is something to decode. */
  OpenCvCodec() {
    OpenCv.load();
  }

  @Override
  public String name() {
    return "opencv";
  }

  @Override
  public Pixels decode(byte[] encoded, int denominator) throws UndecodableImageException {
    ImageHeader header = ImageHeader.read(encoded);
    Codec.checkDenominator(header, denominator);
    if (Math.max(header.width(), header.height()) > MAX_SIDE) {
      throw new UndecodableImageException(
          ImageHeader.size(header.format(), header.width(), header.height())
              + ", longer than the limit of a side, "
              + MAX_SIDE);
    }
    List<Mat> mats = new ArrayList<>();
    try {
      return switch (header.format()) {
        case "JPEG" -> jpeg(encoded, header, denominator, mats);
        case "PNG" -> PngPixels.decode(encoded, PngChunks.read(encoded), header);
        case "GIF" -> GifFrame.first(encoded).decode(header);
        case "BMP" -> bmp(encoded, header, mats);
        case "WEBP" -> webp(encoded, header, mats);
        default -> throw new IllegalArgumentException(header.toString());
      };
    } finally {
      OpenCv.release(mats);
    }
  }

  private static Pixels jpeg(byte[] encoded, ImageHeader header, int denominator, List<Mat> mats)
      throws UndecodableImageException {
    JpegMarkers.requireSoundEnd(encoded);
    if (header.channels() == 4) {
      return cmyk(encoded, header);
    }
    int flags =
        Imgcodecs.IMREAD_IGNORE_ORIENTATION
            | switch (denominator) {
              case 2 -> Imgcodecs.IMREAD_REDUCED_COLOR_2;
              case 4 -> Imgcodecs.IMREAD_REDUCED_COLOR_4;
              case 8 -> Imgcodecs.IMREAD_REDUCED_COLOR_8;
              default -> Imgcodecs.IMREAD_COLOR;
            };
    int width = (header.width() + denominator - 1) / denominator;
    int height = (header.height() + denominator - 1) / denominator;
    Mat decoded = read(toMat(encoded, mats), flags, mats);
    if (decoded.empty() && header.height() <= JpegMarkers.MAX_MCU_HEIGHT) {
      byte[] taller = JpegMarkers.taller(encoded, header.height());
      decoded = read(toMat(taller, mats), flags, mats);
    }
    if (decoded.cols() != width || decoded.rows() < height) {
      throw UndecodableImageException.broken("JPEG", "its tables or coded data cannot be decoded");
    }
    return toRgb(kept(mats, decoded.rowRange(0, height)), mats);
  }

  /**
   * By the JDK: OpenCV assumes that every CMYK file is inverted and does not expose its four
   * channels.
   */
  private static Pixels cmyk(byte[] encoded, ImageHeader header) throws UndecodableImageException {
    byte[] bare = JpegMarkers.withoutMetadata(encoded);
    Raster raster = JdkReader.read("JPEG", bare, reader -> reader.readRaster(0, null));
    byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
    if (samples.length != 4 * header.width() * header.height()) {
      throw UndecodableImageException.broken("JPEG", "its frame is not what its header says");
    }
    byte[] inks = Cmyk.ofYcck(samples, encoded);
    return new Pixels(header.width(), header.height(), Cmyk.toRgb(inks, encoded));
  }

  private static Pixels bmp(byte[] encoded, ImageHeader header, List<Mat> mats)
      throws UndecodableImageException {
    Bmp bmp = new Bmp(encoded);
    bmp.requireReadable();
    if (bmp.isForJdk()) {
      return JdkReader.overWhite(encoded, header);
    }
    // Ignores alpha: without masks the fourth byte of a BMP is padding.
    Mat decoded = read(toMat(encoded, mats), Imgcodecs.IMREAD_COLOR, mats);
    requireSize(decoded, header, "its colours cannot be read");
    return toRgb(decoded, mats);
  }

  private static Pixels webp(byte[] encoded, ImageHeader header, List<Mat> mats)
      throws UndecodableImageException {
    Mat file = toMat(Webp.whole(encoded), mats);
    Mat decoded = read(file, Imgcodecs.IMREAD_UNCHANGED, mats);
    requireSize(decoded, header, "libwebp cannot decode its picture");
    return toRgb(decoded, mats);
  }

  private static Mat toMat(byte[] file, List<Mat> mats) {
    Mat mat = kept(mats, new Mat(1, file.length, CvType.CV_8UC1));
    mat.put(0, 0, file);
    return mat;
  }

  /** Decodes and releases a file; the result is empty where decoding fails. */
  private static Mat read(Mat file, int flags, List<Mat> mats) {
    try {
      return kept(mats, Imgcodecs.imdecode(file, flags));
    } catch (CvException e) {
      return kept(mats, new Mat());
    } finally {
      file.release();
    }
  }

  private static void requireSize(Mat decoded, ImageHeader header, String cause)
      throws UndecodableImageException {
    if (decoded.cols() != header.width() || decoded.rows() != header.height()) {
      throw UndecodableImageException.broken(header.title(), cause);
    }
  }

  private static Pixels toRgb(Mat decoded, List<Mat> mats) {
    if (decoded.channels() == 4) {
      return overWhite(decoded);
    }
    Mat rgb = kept(mats, new Mat());
    Imgproc.cvtColor(decoded, rgb, Imgproc.COLOR_BGR2RGB);
    return OpenCv.toPixels(rgb);
  }

  private static Pixels overWhite(Mat bgra) {
    byte[] rgb = new byte[bgra.rows() * bgra.cols() * 3];
    byte[] row = new byte[bgra.cols() * 4];
    int to = 0;
    for (int y = 0; y < bgra.rows(); y++) {
      bgra.get(y, 0, row);
      for (int from = 0; from < row.length; from += 4) {
        for (int c = 2; c >= 0; c--) {
          rgb[to++] = overWhite(row[from + c], row[from + 3] & 0xFF);
        }
      }
    }
    return new Pixels(bgra.cols(), bgra.rows(), rgb);
  }

  /** A sample over white: sample · alpha / 255, rounded to nearest, plus 255 − alpha. */
  static byte overWhite(byte sample, int alpha) {
    return alpha == 255
        ? sample
        : (byte) ((2 * (sample & 0xFF) * alpha + 255) / (2 * 255) + 255 - alpha);
  }

  @Override
  public byte[] encodeJpeg(Pixels image, int quality) {
    Codec.checkQuality(quality);
    List<Mat> mats = new ArrayList<>();
    try {
      Mat rgb = kept(mats, OpenCv.toMat(image));
      Mat bgr = kept(mats, new Mat());
      Imgproc.cvtColor(rgb, bgr, Imgproc.COLOR_RGB2BGR);
      MatOfByte jpeg = kept(mats, new MatOfByte());
      MatOfInt settings = kept(mats, new MatOfInt(Imgcodecs.IMWRITE_JPEG_QUALITY, quality));
      if (!Imgcodecs.imencode(".jpg", bgr, jpeg, settings)) {
        throw new IllegalArgumentException(
            "cannot encode " + image.width() + " x " + image.height() + " pixels as JPEG");
      }
      return jpeg.toArray();
    } finally {
      OpenCv.release(mats);
    }
  }

  private static <M extends Mat> M kept(List<Mat> mats, M mat) {
    mats.add(mat);
    return mat;
  }
}
