package ghostbeam.model.codec;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.opencv.core.Core;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.core.Scalar;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/** All formats by the decoders inside OpenCV; there everywhere, but without SIMD for JPEG. */
final class OpenCvCodec implements Codec {
  private static final int BAND_ROWS = 64;

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
    if (header.format().equals("JPEG") && !JpegMarkers.isComplete(encoded)) {
      throw UndecodableImageException.truncated("JPEG", encoded.length);
    }
    if (header.format().equals("GIF")) {
      return Gif.decode(encoded, header);
    }
    if (header.channels() == 4) {
      return cmyk(encoded, header);
    }
    List<Mat> mats = new ArrayList<>();
    try {
      Mat file = kept(mats, new Mat(1, encoded.length, CvType.CV_8UC1));
      file.put(0, 0, encoded);
      Mat decoded = kept(mats, Imgcodecs.imdecode(file, flags(header, denominator)));
      if (decoded.cols() != (header.width() + denominator - 1) / denominator
          || decoded.rows() != (header.height() + denominator - 1) / denominator) {
        throw new UndecodableImageException("broken " + header.format());
      }
      Mat bgr = overWhite(to8Bits(decoded, mats), mats);
      Mat rgb = kept(mats, new Mat());
      int conversion = bgr.channels() == 1 ? Imgproc.COLOR_GRAY2RGB : Imgproc.COLOR_BGR2RGB;
      Imgproc.cvtColor(bgr, rgb, conversion);
      return OpenCv.toPixels(rgb);
    } catch (CvException e) {
      throw new UndecodableImageException("broken " + header.format());
    } finally {
      OpenCv.release(mats);
    }
  }

  /** By the JDK: OpenCV takes every CMYK for inverted and keeps its four inks to itself. */
  private static Pixels cmyk(byte[] encoded, ImageHeader header) throws UndecodableImageException {
    try {
      Raster raster = JdkReader.read("jpeg", encoded, reader -> reader.readRaster(0, null));
      byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
      byte[] inks = Cmyk.ofYcck(samples, encoded);
      return new Pixels(header.width(), header.height(), Cmyk.toRgb(inks, encoded));
    } catch (IOException | RuntimeException e) { // the JDK's reader throws either for a broken file
      throw new UndecodableImageException("broken JPEG: " + e.getMessage());
    }
  }

  /** Alpha is asked for where a format has it; a BMP's fourth byte is mostly padding. */
  private static int flags(ImageHeader header, int denominator) {
    if (header.format().equals("PNG") || header.format().equals("WEBP")) {
      return Imgcodecs.IMREAD_UNCHANGED;
    }
    int colour =
        switch (denominator) {
          case 2 -> Imgcodecs.IMREAD_REDUCED_COLOR_2;
          case 4 -> Imgcodecs.IMREAD_REDUCED_COLOR_4;
          case 8 -> Imgcodecs.IMREAD_REDUCED_COLOR_8;
          default -> Imgcodecs.IMREAD_COLOR;
        };
    return colour | Imgcodecs.IMREAD_IGNORE_ORIENTATION;
  }

  /** The high byte of 16-bit samples, as libpng and Pillow take it. */
  private static Mat to8Bits(Mat image, List<Mat> mats) {
    if (image.depth() == CvType.CV_8U) {
      return image;
    }
    Mat bytes = kept(mats, new Mat());
    // -0.498… makes OpenCV's rounding a floor for every value of 16 bits.
    image.convertTo(bytes, CvType.CV_8U, 1 / 256.0, -0.5 + 1 / 1024.0);
    image.release();
    return bytes;
  }

  /**
   * Transparent parts show a white page; without alpha the image itself. Band by band, since the
   * copies that it takes would come to gigabytes for the largest images.
   */
  private static Mat overWhite(Mat image, List<Mat> mats) {
    if (image.channels() != 4) {
      return image;
    }
    Mat page = kept(mats, new Mat(image.size(), CvType.CV_8UC3));
    for (int top = 0; top < image.rows(); top += BAND_ROWS) {
      int bottom = Math.min(image.rows(), top + BAND_ROWS);
      List<Mat> band = new ArrayList<>();
      try {
        blend(
            kept(band, image.rowRange(top, bottom)), kept(band, page.rowRange(top, bottom)), band);
      } finally {
        OpenCv.release(band);
      }
    }
    image.release();
    return page;
  }

  private static void blend(Mat image, Mat page, List<Mat> mats) {
    Mat colour = kept(mats, new Mat());
    Imgproc.cvtColor(image, colour, Imgproc.COLOR_BGRA2BGR);
    Mat alpha = kept(mats, new Mat());
    Core.extractChannel(image, alpha, 3);
    Mat alphas = kept(mats, new Mat());
    Imgproc.cvtColor(alpha, alphas, Imgproc.COLOR_GRAY2BGR);
    Mat white = kept(mats, new Mat(image.size(), CvType.CV_8UC3, Scalar.all(255)));
    Mat paper = kept(mats, new Mat());
    Core.subtract(white, alphas, paper);
    Mat covered = kept(mats, new Mat());
    Core.multiply(colour, alphas, covered, 1 / 255.0);
    Core.add(covered, paper, page);
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
