package ghostbeam.transforms.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A run's right to make a split, as a file of the output, {@code train.run}, that names it.
 *
 * <p>A lock on this machine ends with its process, the job that this process had on a cluster only
 * half a minute later. A run that finds another's name there, or none, gives up.
 *
 * @param output for the run that has the right
 */
public record Claim(DatasetFolder output) implements Closeable {

  /** Takes it from whoever had it. The caller holds the {@link DatasetFolder#lock}. */
  public static Claim take(DatasetFolder folder) throws IOException {
    DatasetFolder output =
        new DatasetFolder(
            folder.storage(), folder.folder(), folder.split(), UUID.randomUUID().toString());
    output.storage().writeWhole(output.claim(), ByteBuffer.wrap(output.run().getBytes(UTF_8)));
    return new Claim(output);
  }

  /** Gives it up; from now on no attempt of the run that somebody forgot can do harm. */
  @Override
  public void close() throws IOException {
    if (output.isClaimed()) {
      output.storage().delete(output.claim());
    }
  }
}
