package ghostbeam.transforms.source;

/** How a file lies in its byte range. */
public enum Packing {
  /** The range is the file, and an object of its own. */
  PLAIN,
  /** The range is the file, inside a tar. */
  TAR,
  /** The range begins at a zip entry's local header; the file follows as it is. */
  ZIP_STORED,
  /** The range begins at a zip entry's local header; the file follows deflated. */
  ZIP_DEFLATED
}
