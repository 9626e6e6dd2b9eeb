package ghostbeam.transforms.shard;

import ghostbeam.transforms.storage.LocalDisk;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CountDownLatch;

/** The local disk, pausing the writer of a shard after its first record. */
final class PausingDisk extends LocalDisk {
  private static final long serialVersionUID = 1L;

  static final CountDownLatch WRITING = new CountDownLatch(1);
  static final CountDownLatch GOING = new CountDownLatch(1);

  @Override
  public WritableByteChannel create(String path) throws IOException {
    WritableByteChannel file = super.create(path);
    return path.contains(".tfrecord") ? new Held(file) : file;
  }

  private record Held(WritableByteChannel file) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int written = file.write(bytes);
      WRITING.countDown();
      try {
        GOING.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("held up for too long");
      }
      return written;
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
