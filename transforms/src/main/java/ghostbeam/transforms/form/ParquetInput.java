package ghostbeam.transforms.form;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.ForwardChannel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** A file of a {@link Storage} as parquet-java reads one, without Hadoop's file systems. */
record ParquetInput(Storage storage, Block block) implements InputFile {

  @Override
  public long getLength() {
    return block.bytes();
  }

  @Override
  public SeekableInputStream newStream() throws IOException {
    return new Stream(new ForwardChannel(storage.open(block.file())));
  }

  /** Named in the library's messages. */
  @Override
  public String toString() {
    return block.path();
  }

  private static final class Stream extends DelegatingSeekableInputStream {
    private final SeekableByteChannel channel;

    Stream(SeekableByteChannel channel) {
      super(input(channel));
      this.channel = channel;
    }

    private static InputStream input(SeekableByteChannel channel) {
      return Channels.newInputStream(channel);
    }

    @Override
    public long getPos() throws IOException {
      return channel.position();
    }

    @Override
    public void seek(long position) throws IOException {
      channel.position(position);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      return channel.read(target);
    }
  }
}
