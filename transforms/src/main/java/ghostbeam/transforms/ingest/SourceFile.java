package ghostbeam.transforms.ingest;

import ghostbeam.transforms.ingest.ImageRef.Packing;

/**
 * One file of a source before anybody knows which class it belongs to.
 *
 * @param path relative to the source's top, parts separated by {@code /}
 */
record SourceFile(
    String path,
    String uri,
    long offset,
    long length,
    Packing packing,
    long imageBytes,
    long crc32) {

  /** The image this file is, once its class is known. */
  ImageRef asImage(String key, int label) {
    return new ImageRef(uri, offset, length, packing, imageBytes, crc32, key, label);
  }
}
