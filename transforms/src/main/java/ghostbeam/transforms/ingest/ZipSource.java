package ghostbeam.transforms.ingest;

import ghostbeam.model.record.Storage;
import ghostbeam.transforms.ingest.ImageRef.Packing;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * A zip: its central directory says where every entry lies. Neither local headers nor entries are
 * read here.
 */
final class ZipSource {
  private ZipSource() {}

  /** The entries that are files, in the central directory's order. */
  static List<SourceFile> list(Storage storage, String uri) throws IOException {
    List<SourceFile> files = new ArrayList<>();
    try (SeekableByteChannel channel = storage.open(uri);
        ZipFile zip = open(channel, uri)) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        if (!entry.isDirectory()) {
          files.add(file(entry, uri));
        }
      }
    }
    return files;
  }

  private static ZipFile open(SeekableByteChannel channel, String uri) throws IOException {
    try {
      return ZipFile.builder().setSeekableByteChannel(channel).setIgnoreLocalFileHeader(true).get();
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(
          uri
              + " is not a whole zip: its central directory cannot be read ("
              + e.getMessage()
              + "); copy or download it again",
          e);
    }
  }

  private static SourceFile file(ZipArchiveEntry entry, String uri) throws IOException {
    if (entry.getGeneralPurposeBit().usesEncryption()) {
      throw new IOException(
          uri + " holds " + entry.getName() + " encrypted; pack it again without a password");
    }
    if (entry.getLocalHeaderOffset() < 0 || entry.getCompressedSize() < 0 || entry.getSize() < 0) {
      throw new IOException(
          uri + " says " + entry.getName() + " lies nowhere; copy or download it again");
    }
    return new SourceFile(
        entry.getName(),
        uri,
        entry.getLocalHeaderOffset(),
        entry.getCompressedSize(),
        packing(entry, uri),
        entry.getSize(),
        entry.getCrc());
  }

  private static Packing packing(ZipArchiveEntry entry, String uri) throws IOException {
    return switch (entry.getMethod()) {
      case ZipEntry.STORED -> Packing.ZIP_STORED;
      case ZipEntry.DEFLATED -> Packing.ZIP_DEFLATED;
      default ->
          throw new IOException(
              String.format(
                  "%s holds %s compressed by method %d; pack it again stored or deflated",
                  uri, entry.getName(), entry.getMethod()));
    };
  }
}
