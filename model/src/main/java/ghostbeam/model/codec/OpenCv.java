package ghostbeam.model.codec;

import java.lang.invoke.MethodType;
import java.util.List;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

/** Loads OpenCV's native library once, and converts pixels to and from its matrices. */
public final class OpenCv {
  static {
    // It registers a shutdown thread that removes its files.
    OutsideJob.call(nu.pattern.OpenCV.class, "loadLocally", MethodType.methodType(void.class));
    // Images are processed in parallel, one thread each; OpenCV's own threads would only compete.
    Core.setNumThreads(1);
  }

  private OpenCv() {}

  /** Loads the library on the first call. */
  public static void load() {}

  /** A new matrix of three 8-bit channels in RGB order; the caller releases it. */
  public static Mat toMat(Pixels image) {
    Mat mat = new Mat(image.height(), image.width(), CvType.CV_8UC3);
    mat.put(0, 0, image.rgb());
    return mat;
  }

  /** Copies a matrix of three 8-bit channels, whose order is kept. */
  public static Pixels toPixels(Mat mat) {
    byte[] samples = new byte[mat.rows() * mat.cols() * 3];
    mat.get(0, 0, samples);
    return new Pixels(mat.cols(), mat.rows(), samples);
  }

  /** Frees the memory now; finalizers would run too late under load. */
  static void release(List<Mat> mats) {
    mats.forEach(Mat::release);
  }
}
