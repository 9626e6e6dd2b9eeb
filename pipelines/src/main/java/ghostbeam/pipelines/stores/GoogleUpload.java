package ghostbeam.pipelines.stores;

import com.google.cloud.WriteChannel;
import com.google.cloud.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.util.function.Function;

/**
 * An object being written to Google Cloud Storage by a resumable upload, with failures translated
 * to ours. If a connection breaks, the store is asked what it has, and the rest is sent. The object
 * appears when the channel closes; after a failure it never does, and Google discards its parts.
 */
final class GoogleUpload implements WritableByteChannel {
  private final WriteChannel channel;
  private final Function<StorageException, IOException> failure;
  private boolean failed;

  /** Buffers and sends {@code chunk} bytes at a time. */
  GoogleUpload(WriteChannel channel, int chunk, Function<StorageException, IOException> failure) {
    this.channel = channel;
    this.failure = failure;
    channel.setChunkSize(chunk);
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    if (failed) {
      throw new ClosedChannelException();
    }
    try {
      return channel.write(bytes);
    } catch (StorageException e) {
      throw failed(e);
    } catch (IOException e) {
      failed = true;
      throw e.getCause() instanceof StorageException cause ? failed(cause) : e;
    }
  }

  @Override
  public boolean isOpen() {
    return !failed && channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    if (failed) {
      return; // closing Google's channel would make an object of what was sent so far
    }
    try {
      channel.close();
    } catch (StorageException e) {
      throw failed(e);
    }
  }

  private IOException failed(StorageException e) {
    failed = true;
    return failure.apply(e);
  }
}
