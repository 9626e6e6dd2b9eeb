package ghostbeam.pipelines.stores;

import com.google.cloud.WriteChannel;
import com.google.cloud.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.Function;

/** An object being written to Google Cloud Storage, its failures told as ours are. */
final class GoogleUpload implements WritableByteChannel {
  /** What is held of the object until it is sent. */
  private static final int CHUNK = 4 << 20;

  private final WriteChannel channel;
  private final Function<StorageException, IOException> failure;

  GoogleUpload(WriteChannel channel, Function<StorageException, IOException> failure) {
    this.channel = channel;
    this.failure = failure;
    channel.setChunkSize(CHUNK);
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    try {
      return channel.write(bytes);
    } catch (StorageException e) {
      throw failure.apply(e);
    }
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } catch (StorageException e) {
      throw failure.apply(e);
    }
  }
}
