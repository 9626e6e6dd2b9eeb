package ghostbeam.transforms.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.transforms.execution.PermanentFailure;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A run's right to make a split, as a file of the output, {@code train.run}, that names it.
 *
 * <p>A lock on this machine ends with its process, the job that this process had on a cluster only
 * half a minute later. A run that finds another's name there, or none, gives up.
 *
 * @param run the name of the run that has the right; empty where nobody else can be at it
 */
public record Claim(DatasetFolder folder, String run) implements Closeable, Serializable {
  private static final int LONGEST = 4096;

  /** Of a folder that nobody else writes into. */
  static Claim none(DatasetFolder folder) {
    return new Claim(folder, "");
  }

  /** Takes it from whoever had it. The caller holds the {@link DatasetFolder#lockPath}. */
  public static Claim take(DatasetFolder folder) throws IOException {
    Claim claim = new Claim(folder, UUID.randomUUID().toString());
    folder.storage().writeWhole(folder.runPath(), ByteBuffer.wrap(claim.run.getBytes(UTF_8)));
    return claim;
  }

  private boolean isHeld() throws IOException {
    return run.isEmpty()
        || (folder.storage().exists(folder.runPath())
            && run.equals(
                new String(folder.storage().readWhole(folder.runPath(), LONGEST), UTF_8)));
  }

  /** Ends a run whose client died and whose place another has taken. */
  void requireHeld() throws IOException {
    if (!isHeld()) {
      throw PermanentFailure.because(
          "another run has taken over split %s of %s; this one gives up"
              .formatted(folder.split(), folder.folder()));
    }
  }

  /** Gives it up; from now on no attempt of the run that somebody forgot can do harm. */
  @Override
  public void close() throws IOException {
    if (isHeld()) {
      folder.storage().delete(folder.runPath());
    }
  }
}
