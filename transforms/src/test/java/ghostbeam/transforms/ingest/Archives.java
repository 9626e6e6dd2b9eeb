package ghostbeam.transforms.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.compress.archivers.zip.UnrecognizedExtraField;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipShort;

/** Sources made for a test. */
final class Archives {
  private Archives() {}

  /** Files below a folder. */
  static Path folder(Path folder, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return folder;
  }

  /** A zip, every other entry stored, the others deflated, written as a stream. */
  static Path zip(Path path, Map<String, byte[]> files) throws IOException {
    return zip(path, files, Zip64Mode.AsNeeded, 0);
  }

  /**
   * A zip with its entries' local headers made longer.
   *
   * @param extraBytes of an unknown extra field, only in the local headers
   */
  static Path zip(Path path, Map<String, byte[]> files, Zip64Mode zip64, int extraBytes)
      throws IOException {
    try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(path)) {
      out.setUseZip64(zip64);
      boolean stored = false;
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        stored = !stored;
        ZipArchiveEntry entry = new ZipArchiveEntry(file.getKey());
        entry.setMethod(stored ? ZipArchiveEntry.STORED : ZipArchiveEntry.DEFLATED);
        if (extraBytes > 0) {
          UnrecognizedExtraField extra = new UnrecognizedExtraField();
          extra.setHeaderId(new ZipShort(0x4242));
          extra.setLocalFileDataData(new byte[extraBytes]);
          extra.setCentralDirectoryData(new byte[0]);
          entry.addExtraField(extra);
        }
        out.putArchiveEntry(entry);
        out.write(file.getValue());
        out.closeArchiveEntry();
      }
    }
    return path;
  }
}
