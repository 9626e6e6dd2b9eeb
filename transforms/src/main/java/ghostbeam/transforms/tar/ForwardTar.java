package ghostbeam.transforms.tar;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.ForwardChannel;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.Ranges;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;

/** Reads a tar's files sequentially, headers and contents, each byte once. */
public final class ForwardTar implements Closeable {
  private final String uri;
  private final SeekableByteChannel channel;
  private final TarHeaders headers;
  private final boolean strict;

  private ForwardTar(String uri, SeekableByteChannel channel, boolean strict) throws IOException {
    this.uri = uri;
    this.channel = channel;
    this.strict = strict;
    this.headers = new TarHeaders(uri, channel, 0, channel.size());
  }

  /** Opens a tar before its first file. */
  public static ForwardTar open(Storage storage, Storage.Entry tar) throws IOException {
    return of(tar, new ForwardChannel(storage.open(tar)), true);
  }

  /**
   * Opens a tar to look at a few headers: each is read separately, without the contents between
   * them, and links and devices are skipped.
   */
  public static ForwardTar peek(Storage storage, Storage.Entry tar) throws IOException {
    return of(tar, storage.open(tar), false);
  }

  private static ForwardTar of(Storage.Entry tar, SeekableByteChannel channel, boolean strict)
      throws IOException {
    try {
      return new ForwardTar(tar.path(), channel, strict);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Moves to the next file; false after the last. Folders and hidden links are skipped.
   *
   * @throws InvalidSourceException at a link or device: its bytes are elsewhere, and skipping it
   *     would lose a record
   * @throws IOException if the tar is damaged or holds an unsafe name
   */
  public boolean next() throws IOException {
    while (headers.next()) {
      if (headers.isFile()) {
        FileNames.requireSafe(uri, headers.path());
        return true;
      }
      if (strict && headers.isLinkOrDevice() && !FileNames.isHidden(headers.path())) {
        throw linkOrDevice();
      }
    }
    return false;
  }

  private InvalidSourceException linkOrDevice() {
    String kind = "a device or pipe; pack it again without it";
    if (headers.isHardLink()) {
      kind = "a hard link to " + headers.target() + "; pack it again with tar --hard-dereference";
    } else if (headers.isSymbolicLink()) {
      kind = "a symbolic link to " + headers.target() + "; pack it again with tar -h";
    }
    return new InvalidSourceException(
        uri + FileNames.shown(" holds " + headers.path() + ", " + kind));
  }

  /** The current file's name in the tar. */
  public String path() {
    return headers.path();
  }

  /**
   * The current file's bytes.
   *
   * @throws IOException if there are more than the limit
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
