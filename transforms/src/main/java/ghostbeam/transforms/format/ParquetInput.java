package ghostbeam.transforms.format;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * Part of a Parquet file as an input for parquet-java, without Hadoop's file systems: the file's
 * bytes up to the end of the part's row groups, followed by a footer with these row groups alone.
 *
 * @param channel of the file
 * @param end offset in the file at which the row groups end
 */
record ParquetInput(String path, SeekableByteChannel channel, long end, byte[] footer)
    implements InputFile {

  /** Opens the file so that nothing after the row groups is read or prefetched. */
  static ParquetInput open(Storage storage, Block block, ParquetFooter part) throws IOException {
    byte[] footer = part.encoded();
    Storage.Entry begin = new Storage.Entry(block.path(), part.end(), block.version());
    return new ParquetInput(block.path(), storage.open(begin), part.end(), footer);
  }

  @Override
  public long getLength() {
    return end + footer.length;
  }

  /** May be called once; closing the stream closes the channel. */
  @Override
  public SeekableInputStream newStream() {
    return new Stream(new Spliced(this));
  }

  /** Used in the library's messages. */
  @Override
  public String toString() {
    return path;
  }

  private static final class Stream extends DelegatingSeekableInputStream {
    private final Spliced bytes;

    Stream(Spliced bytes) {
      super(bytes);
      this.bytes = bytes;
    }

    @Override
    public long getPos() {
      return bytes.position;
    }

    @Override
    public void seek(long position) {
      bytes.position = position;
    }
  }

  private static final class Spliced extends InputStream {
    /** Limit per read, since a store's client briefly buffers the bytes twice. */
    private static final int MAX_READ = 8 << 20;

    private final ParquetInput file;
    private long position;

    Spliced(ParquetInput file) {
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read;
      if (position >= file.end) {
        int at = (int) Math.min(file.footer.length, position - file.end);
        read = Math.min(length, file.footer.length - at);
        System.arraycopy(file.footer, at, target, offset, read);
      } else {
        int most = (int) Math.min(Math.min(length, MAX_READ), file.end - position);
        file.channel.position(position);
        read = file.channel.read(ByteBuffer.wrap(target, offset, most));
      }
      position += Math.max(0, read);
      return read > 0 || length == 0 ? read : -1;
    }

    @Override
    public void close() throws IOException {
      file.channel.close();
    }
  }
}
