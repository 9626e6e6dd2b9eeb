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
 * Which bicubic, and how validation rounds sizes and corners for it; a score belongs to the one it
 * was taken with.
 */
public enum Interpolation {
  /** OpenCV's INTER_CUBIC: a = −0.75, no antialiasing; the original recipe's. */
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
   * Pillow's, in torchvision's geometry, which timm's is: the longer side is truncated and the
   * crop's corner rounded half to even.
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

  /** As people and files call it. */
  @JsonValue
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one of a title; empty where there is none. */
  public static Optional<Interpolation> named(String title) {
    return Arrays.stream(values()).filter(one -> one.title().equals(title)).findFirst();
  }

  /** All titles, for a message, by comma. */
  public static String titles() {
    return Arrays.stream(values()).map(Interpolation::title).collect(Collectors.joining(", "));
  }

  /** Resizes to exactly the given size. */
  public Pixels resize(Pixels image, int width, int height) {
    return resizeAndCrop(image, width, height, 0, 0, width, height);
  }

  /** A side of an image whose shorter one is resized as given: in proportion, to nearest. */
  long resized(int side, int shorter, int shorterResized) {
    return Math.round((double) side / shorter * shorterResized);
  }

  /** Where a centred crop begins along a side: in the middle, rounded down. */
  int corner(int side, int crop) {
    return (side - crop) / 2;
  }

  /** A part of the resized image, equal to cropping it afterwards; resized as by Pillow. */
  Pixels resizeAndCrop(
      Pixels image, int width, int height, int left, int top, int cropWidth, int cropHeight) {
    PillowAxis columns = PillowAxis.of(image.width(), width, left, cropWidth);
    PillowAxis rows = PillowAxis.of(image.height(), height, top, cropHeight);
    return PillowResize.resize(image, columns, rows);
  }
}
