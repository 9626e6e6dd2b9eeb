package ghostbeam.transforms.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.Extent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Test files for sources, and correct and wrong references to them. */
final class Entries {
  static final Map<String, byte[]> FILES =
      new TreeMap<>(
          Map.of(
              "n1/a", "an image".repeat(1000).getBytes(UTF_8),
              "n1/b", "another".repeat(3000).getBytes(UTF_8),
              "n2/c", new byte[0],
              "n2/d", "x".getBytes(UTF_8)));

  private Entries() {}

  static ImageRef image(Path source, String key) throws IOException {
    return ImageListing.of(Storage.local(), ImageSource.of(source.toString(), "train"))
        .images()
        .stream()
        .filter(image -> image.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  static ImageRef at(ImageRef image, long offset) {
    Extent extent = image.extent();
    return with(image, offset, extent.length(), extent.bytes());
  }

  static ImageRef withLengths(ImageRef image, long length, long bytes) {
    return with(image, image.extent().offset(), length, bytes);
  }

  private static ImageRef with(ImageRef image, long offset, long length, long bytes) {
    Extent was = image.extent();
    return new ImageRef(
        image.key(),
        image.label(),
        new Extent(was.uri(), was.version(), offset, length, was.packing(), bytes, was.crc32()));
  }
}
