package ghostbeam.model.image;

/** Which bicubic; a score belongs to the one it was taken with. */
public enum Interpolation {
  /** OpenCV's INTER_CUBIC: a = −0.75, no antialiasing; the original recipe's. */
  OPENCV,
  /** Pillow's BICUBIC: a = −0.5, antialiased when shrinking; timm's and torchvision's. */
  PILLOW;

  /** Resizes to exactly the given size. */
  public Pixels resize(Pixels image, int width, int height) {
    throw new UnsupportedOperationException("STUB");
  }
}
