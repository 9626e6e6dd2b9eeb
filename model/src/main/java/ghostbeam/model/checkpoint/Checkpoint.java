package ghostbeam.model.checkpoint;

import ghostbeam.model.record.Storage;
import java.io.IOException;

/** A trained network: its metadata and its tensors by name. */
public final class Checkpoint {

  /** Reads metadata only; the file's header must describe exactly the architecture's tensors. */
  public static CheckpointInfo readInfo(Storage storage, String path) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  /** Reads and checks a whole checkpoint. */
  public static Checkpoint read(Storage storage, String path) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  public CheckpointInfo info() {
    throw new UnsupportedOperationException("STUB");
  }

  /** {@code sha256:} and 64 hex digits over the file's bytes. */
  public String digest() {
    throw new UnsupportedOperationException("STUB");
  }
}
