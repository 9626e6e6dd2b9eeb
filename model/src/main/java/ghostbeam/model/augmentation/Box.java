package ghostbeam.model.augmentation;

/** A rectangle within an image, in its pixels. */
record Box(int left, int top, int width, int height) {

  /** Where a row of it begins in a square image's samples, H×W×3. */
  int begin(int row, int side) {
    return ((top + row) * side + left) * 3;
  }
}
