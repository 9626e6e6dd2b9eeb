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
 * A run's claim to write a split: a file in the output, {@code train.run}, that contains the run's
 * id.
 *
 * <p>A local lock ends with the client process, but that client's job on a cluster may run for half
 * a minute more. A run that no longer finds its own id in the file fails.
 *
 * @param run id of the run; empty if no other run can write here
 */
public record Claim(DatasetFolder folder, String run) implements Closeable, Serializable {
  private static final int LONGEST = 4096;

  /** A claim without a file, for a folder that no other run writes to. */
  static Claim none(DatasetFolder folder) {
    return new Claim(folder, "");
  }

  /** Takes the claim over from any earlier run. The caller holds {@link DatasetFolder#lockPath}. */
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

  /** Fails, permanently, if another run has taken the claim over after this run's client died. */
  void requireHeld() throws IOException {
    if (!isHeld()) {
      throw PermanentFailure.because(
          "another run has taken over split %s of %s; this one gives up"
              .formatted(folder.split(), folder.folder()));
    }
  }

  /** Releases the claim, so that tasks of this run that are still alive cannot write any more. */
  @Override
  public void close() throws IOException {
    if (isHeld()) {
      folder.storage().delete(folder.runPath());
    }
  }
}
