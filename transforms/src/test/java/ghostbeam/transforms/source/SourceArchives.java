package ghostbeam.transforms.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.UnrecognizedExtraField;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipShort;

/** Sources for tests. */
public final class SourceArchives {
  private SourceArchives() {}

  /** Files below a folder. */
  public static Path folder(Path folder, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return folder;
  }

  /** A zip written as a stream, with entries alternately stored and deflated. */
  public static Path zip(Path path, Map<String, byte[]> files) throws IOException {
    return zip(path, files, Zip64Mode.AsNeeded, 0);
  }

  /**
   * A zip with longer local headers.
   *
   * @param extraBytes of an unknown extra field, only in the local headers
   */
  public static Path zip(Path path, Map<String, byte[]> files, Zip64Mode zip64, int extraBytes)
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

  /** A tar, with pax headers for long names. */
  public static Path tar(Path path, Map<String, byte[]> files) throws IOException {
    return Files.write(path, tar(files, TarArchiveOutputStream.LONGFILE_POSIX));
  }

  /** A tar's bytes, with long names in the given mode of {@link TarArchiveOutputStream}. */
  public static byte[] tar(Map<String, byte[]> files, int longNames) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8")) {
      out.setLongFileMode(longNames);
      out.setAddPaxHeadersForNonAsciiNames(longNames == TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
        byte[] body = entry.isDirectory() ? new byte[0] : file.getValue();
        entry.setSize(body.length);
        out.putArchiveEntry(entry);
        out.write(body);
        out.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
