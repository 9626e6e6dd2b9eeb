package ghostbeam.transforms.tar;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.ForwardChannel;
import ghostbeam.transforms.source.Ranges;
import ghostbeam.transforms.source.UnfitSourceException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;

/** A tar's files in their order, read forwards and once, headers and bytes alike. */
public final class ForwardTar implements Closeable {
  private final String uri;
  private final SeekableByteChannel channel;
  private final TarHeaders headers;
  private final boolean whole;

  private ForwardTar(String uri, SeekableByteChannel channel, boolean whole) throws IOException {
    this.uri = uri;
    this.channel = channel;
    this.whole = whole;
    this.headers = new TarHeaders(uri, channel, 0, channel.size());
  }

  /** Opens a tar at its first file. */
  public static ForwardTar open(Storage storage, Storage.Entry tar) throws IOException {
    return of(tar, new ForwardChannel(storage.open(tar)), true);
  }

  /**
   * The same for who wants a few headers and no bytes between them: each is read by itself, and
   * links and devices are passed over.
   */
  public static ForwardTar peek(Storage storage, Storage.Entry tar) throws IOException {
    return of(tar, storage.open(tar), false);
  }

  private static ForwardTar of(Storage.Entry tar, SeekableByteChannel channel, boolean whole)
      throws IOException {
    try {
      return new ForwardTar(tar.path(), channel, whole);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Moves to the next file; false after the last. Folders and hidden links are passed over.
   *
   * @throws UnfitSourceException at a link or device: its bytes lie elsewhere, and without it a
   *     record would be missing
   * @throws IOException if the tar is damaged or holds a name that no honest source does
   */
  public boolean next() throws IOException {
    while (headers.next()) {
      if (headers.isFile()) {
        FileNames.requireSafe(uri, headers.path());
        return true;
      }
      if (whole && headers.isLinkOrDevice() && !FileNames.isHidden(headers.path())) {
        throw linkOrDevice();
      }
    }
    return false;
  }

  private UnfitSourceException linkOrDevice() {
    String words = "a device or pipe; pack it again without";
    if (headers.isHardLink()) {
      words = "a hard link to " + headers.target() + "; pack it again with tar --hard-dereference";
    } else if (headers.isSymbolicLink()) {
      words = "a symbolic link to " + headers.target() + "; pack it again with tar -h";
    }
    return new UnfitSourceException(
        uri + FileNames.shown(" holds " + headers.path() + ", " + words));
  }

  /** The file's name as the tar writes it. */
  public String path() {
    return headers.path();
  }

  /**
   * The file's bytes.
   *
   * @throws IOException if they are more than the limit
   */
  public byte[] read(int limitBytes) throws IOException {
    if (headers.bytes() > limitBytes) {
      throw new IOException(
          "%s holds %s of %d bytes, more than the limit %d"
              .formatted(uri, FileNames.shown(path()), headers.bytes(), limitBytes));
    }
    return Ranges.read(channel, headers.offset(), (int) headers.bytes());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
