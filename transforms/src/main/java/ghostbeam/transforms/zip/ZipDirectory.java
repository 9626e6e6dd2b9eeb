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
 * A zip: its central directory says where every entry lies. Neither local headers nor entries are
 * read here.
 *
 * <p>The directory is read in blocks and nothing is kept of it but the files, since a library's
 * entry takes 700 bytes and ImageNet has 1.3 million.
 */
final class ZipDirectory {
  private static final int BLOCK = 1 << 20;

  private final Storage.Entry zip;
  private final String uri;
  private final SeekableByteChannel channel;
  private final ZipEnd end;
  private final EntryNames names;
  private final EntryOffsets places;
  private ByteBuffer block = ByteBuffer.allocate(0);
  private long next;

  private ZipDirectory(
      Storage.Entry zip, SeekableByteChannel channel, ZipEnd end, EntryNames names) {
    this.zip = zip;
    this.uri = zip.path();
    this.channel = channel;
    this.end = end;
    this.names = names;
    this.places = new EntryOffsets(uri, end);
    this.next = end.directoryOffset();
  }

  /** The entries that are files, in the directory's order, and how many are links. */
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
    for (; left() > 0; entries++) {
      require(ZipEntryHeader.FIXED_BYTES);
      require(ZipEntryHeader.bytes(uri, block));
      ZipEntryHeader entry = places.place(ZipEntryHeader.read(zip, names, block));
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
    places.require(channel);
    requireApart(files);
    return new Contents(files, links);
  }

  /** Entries that share bytes make a few megabytes look like terabytes; no packer writes them. */
  private void requireApart(List<SourceFile> files) throws IOException {
    List<SourceFile> inPlace = new ArrayList<>(files);
    inPlace.sort(Comparator.comparingLong(file -> file.extent().offset()));
    long free = 0;
    for (SourceFile file : inPlace) {
      Extent extent = file.extent();
      if (extent.offset() < free) {
        throw new IOException(
            String.format(
                "%s says that %s and another entry lie in the same place; refused, as it may be"
                    + " hostile",
                uri, FileNames.shown(file.path())));
      }
      free = extent.offset() + ZipEntryPacking.HEADER + extent.length();
    }
  }

  private long left() {
    return end.directoryOffset() + end.directoryBytes() - next + block.remaining();
  }

  /** Makes the block hold that many bytes more. */
  private void require(int bytes) throws IOException {
    if (block.remaining() >= bytes) {
      return;
    }
    if (left() < bytes) {
      throw ZipEnd.damaged(uri, "its directory ends too early");
    }
    int fresh = (int) Math.min(BLOCK, left() - block.remaining());
    ByteBuffer larger =
        ByteBuffer.allocate(block.remaining() + fresh).order(ByteOrder.LITTLE_ENDIAN).put(block);
    byte[] read = Ranges.read(channel, next, fresh);
    next += read.length;
    block = larger.put(read).flip();
    if (block.remaining() < bytes) {
      throw ZipEnd.damaged(uri, "its directory ends too early");
    }
  }
}
