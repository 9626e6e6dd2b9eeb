package ghostbeam.transforms.zip;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Container.Contents;
import ghostbeam.transforms.source.Extent;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.Ranges;
import ghostbeam.transforms.source.SourceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Lists a zip from its central directory, without reading local headers or entries.
 *
 * <p>The directory is read in blocks, of which only the files are kept: a library's entry objects
 * take 700 bytes each, and ImageNet has 1.3 million.
 */
final class ZipDirectory {
  private static final int BLOCK = 1 << 20;

  private final Storage.Entry zip;
  private final String uri;
  private final SeekableByteChannel channel;
  private final ZipEnd end;
  private final EntryNames names;
  private final EntryOffsets offsets;
  private ByteBuffer block = ByteBuffer.allocate(0);
  private long next;

  private ZipDirectory(
      Storage.Entry zip, SeekableByteChannel channel, ZipEnd end, EntryNames names) {
    this.zip = zip;
    this.uri = zip.path();
    this.channel = channel;
    this.end = end;
    this.names = names;
    this.offsets = new EntryOffsets(uri, end);
    this.next = end.directoryOffset();
  }

  /** The files, in directory order, and the number of links. */
  static Contents list(Storage storage, Storage.Entry zip) throws IOException {
    try (SeekableByteChannel channel = storage.open(zip)) {
      ZipEnd end = ZipEnd.read(zip.path(), channel);
      EntryNames names = EntryNames.guessed();
      Contents contents = new ZipDirectory(zip, channel, end, names).list();
      return names.areMixed()
          ? new ZipDirectory(zip, channel, end, EntryNames.inCodePage437()).list()
          : contents;
    }
  }

  private Contents list() throws IOException {
    List<SourceFile> files = new ArrayList<>();
    long links = 0;
    long entries = 0;
    for (; remaining() > 0; entries++) {
      require(ZipEntryHeader.FIXED_BYTES);
      require(ZipEntryHeader.bytes(uri, block));
      ZipEntryHeader entry = offsets.locate(ZipEntryHeader.read(zip, names, block));
      if (entry.isLink()) {
        links++;
      } else if (!entry.isFolder()) {
        files.add(entry.toFile(end.directoryOffset()));
      }
    }
    if (!end.counts(entries)) {
      throw ZipEnd.damaged(
          uri,
          "its directory has %d entries, its end record says %d".formatted(entries, end.entries()));
    }
    offsets.require(channel);
    requireDisjoint(files);
    return new Contents(files, links);
  }

  /** Overlapping entries can make a few megabytes look like terabytes; no packer writes them. */
  private void requireDisjoint(List<SourceFile> files) throws IOException {
    List<SourceFile> inPlace = new ArrayList<>(files);
    inPlace.sort(Comparator.comparingLong(file -> file.extent().offset()));
    long free = 0;
    for (SourceFile file : inPlace) {
      Extent extent = file.extent();
      if (extent.offset() < free) {
        throw new IOException(
            String.format(
                "%s has %s and another entry in the same place; refused, as it may be malicious",
                uri, FileNames.shown(file.path())));
      }
      free = extent.offset() + ZipEntryPacking.HEADER + extent.length();
    }
  }

  private long remaining() {
    return end.directoryOffset() + end.directoryBytes() - next + block.remaining();
  }

  /** Reads on until the block has this many bytes left. */
  private void require(int bytes) throws IOException {
    if (block.remaining() >= bytes) {
      return;
    }
    if (remaining() < bytes) {
      throw ZipEnd.damaged(uri, "its directory ends too early");
    }
    int more = (int) Math.min(BLOCK, remaining() - block.remaining());
    ByteBuffer larger =
        ByteBuffer.allocate(block.remaining() + more).order(ByteOrder.LITTLE_ENDIAN).put(block);
    byte[] read = Ranges.read(channel, next, more);
    next += read.length;
    block = larger.put(read).flip();
    if (block.remaining() < bytes) {
      throw ZipEnd.damaged(uri, "its directory ends too early");
    }
  }
}
