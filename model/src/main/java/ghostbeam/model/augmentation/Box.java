package ghostbeam.model.augmentation;

/** A rectangle within an image, in pixels. */
record Box(int left, int top, int width, int height) {

  /** The index at which one of its rows begins in a square image's samples, H×W×3. */
  int begin(int row, int side) {
    return ((top + row) * side + left) * 3;
  }
}
