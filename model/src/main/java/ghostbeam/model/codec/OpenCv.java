package ghostbeam.model.codec;

import java.lang.invoke.MethodType;
import java.util.List;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

/** OpenCV's native library, loaded once, and pixels to and from its matrices. */
public final class OpenCv {
  static {
    // It keeps a thread that removes its files at the process's end.
    OutsideJob.call(nu.pattern.OpenCV.class, "loadLocally", MethodType.methodType(void.class));
    // Images are worked on side by side, one thread each; OpenCV's own threads would only get in
    // the way.
    Core.setNumThreads(1);
  }

  private OpenCv() {}

  /** Loads the library when first called. */
  public static void load() {}

  /** A new matrix of three 8-bit channels in the pixels' own order; the caller releases it. */
  public static Mat toMat(Pixels image) {
    Mat mat = new Mat(image.height(), image.width(), CvType.CV_8UC3);
    mat.put(0, 0, image.rgb());
    return mat;
  }

  /** Copies a matrix of three 8-bit channels out. */
  public static Pixels toPixels(Mat mat) {
    byte[] samples = new byte[mat.rows() * mat.cols() * 3];
    mat.get(0, 0, samples);
    return new Pixels(mat.cols(), mat.rows(), samples);
  }

  /** Frees the memory now; a Mat's finalizer would come too late under load. */
  static void release(List<Mat> mats) {
    mats.forEach(Mat::release);
  }
}
