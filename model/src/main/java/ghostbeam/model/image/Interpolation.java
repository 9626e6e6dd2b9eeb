package ghostbeam.model.image;

import com.fasterxml.jackson.annotation.JsonValue;
import ghostbeam.model.codec.OpenCv;
import ghostbeam.model.codec.Pixels;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * The bicubic interpolations, each with the way in which validation rounds sizes and corners.
 * Scores are comparable only within one of them.
 */
public enum Interpolation {
  /** OpenCV's INTER_CUBIC: a = −0.75, no antialiasing; used by the original recipe. */
  OPENCV {
    @Override
    Pixels resizeAndCrop(
        Pixels image, int width, int height, int left, int top, int cropWidth, int cropHeight) {
      OpenCv.load();
      Mat from = OpenCv.toMat(image);
      Mat to = new Mat();
      try {
        Imgproc.resize(from, to, new Size(width, height), 0, 0, Imgproc.INTER_CUBIC);
        return OpenCv.toPixels(to).crop(left, top, cropWidth, cropHeight);
      } finally {
        from.release();
        to.release();
      }
    }
  },

  /** Pillow's BICUBIC: a = −0.5, antialiased when shrinking. */
  PILLOW,

  /**
   * Pillow's, with the geometry of torchvision and timm: the longer side is truncated, the crop's
   * corner rounded half to even.
   */
  TORCHVISION {
    @Override
    long resized(int side, int shorter, int shorterResized) {
      return (long) shorterResized * side / shorter;
    }

    @Override
    int corner(int side, int crop) {
      return (int) Math.rint((side - crop) / 2.0);
    }
  };

  /** Its name in files and for users. */
  @JsonValue
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The interpolation with this title; empty where there is none. */
  public static Optional<Interpolation> named(String title) {
    return Arrays.stream(values()).filter(one -> one.title().equals(title)).findFirst();
  }

  /** All titles, comma-separated, for messages. */
  public static String titles() {
    return Arrays.stream(values()).map(Interpolation::title).collect(Collectors.joining(", "));
  }

  /** Resizes to exactly the given size. */
  public Pixels resize(Pixels image, int width, int height) {
    return resizeAndCrop(image, width, height, 0, 0, width, height);
  }

  /** A side's length after resizing the shorter one as given: in proportion, rounded to nearest. */
  long resized(int side, int shorter, int shorterResized) {
    return Math.round((double) side / shorter * shorterResized);
  }

  /** Where a centred crop begins along a side, rounded down. */
  int corner(int side, int crop) {
    return (side - crop) / 2;
  }

  /**
   * A crop of the resized image, without resizing the rest of it; by default, as Pillow resizes.
   */
  Pixels resizeAndCrop(
      Pixels image, int width, int height, int left, int top, int cropWidth, int cropHeight) {
    PillowAxis columns = PillowAxis.of(image.width(), width, left, cropWidth);
    PillowAxis rows = PillowAxis.of(image.height(), height, top, cropHeight);
    return PillowResize.resize(image, columns, rows);
  }
}
