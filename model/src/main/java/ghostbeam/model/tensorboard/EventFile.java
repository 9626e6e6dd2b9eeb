package ghostbeam.model.tensorboard;

import ghostbeam.model.record.Framing;
import ghostbeam.model.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One training run's scalars and images for TensorBoard. All events are also kept in memory, since
 * object stores cannot append: there the file is rewritten whole. On a disk it grows in place,
 * since TensorBoard keeps files open and would not notice a replacement. Not thread-safe.
 */
public final class EventFile {
  private static final Logger LOG = LoggerFactory.getLogger(EventFile.class);

  private final Storage storage;
  private final String path;
  private final Bytes events = new Bytes();
  private int written;

  /** The file of a new run; created by the first {@link #write}. */
  public EventFile(Storage storage, String path) {
    this.storage = storage;
    this.path = path;
    add(Event.version());
    add(Event.start(0));
  }

  /**
   * Resumes in a file with another name, since readers keep the earlier one open and may have read
   * beyond the point of resumption. The new file starts with the earlier one's events up to that
   * point, so it has every step once.
   *
   * @param earlier files of this run, the newest last; deleted once the new one is written
   * @param bytes of the earlier file to keep; 0 for none
   */
  public static EventFile after(
      List<Storage.Entry> earlier, int bytes, Storage storage, String path) throws IOException {
    EventFile file = new EventFile(storage, path);
    // A newest file that is shorter was just being created when its run was stopped.
    Optional<Storage.Entry> from =
        earlier.stream().filter(old -> old.bytes() >= bytes).reduce((older, newer) -> newer);
    if (bytes > 0 && from.isPresent()) {
      file.events.reset();
      file.events.write(storage.readWhole(from.get().path()), 0, bytes);
    } else if (bytes > 0) {
      LOG.warn(
          "TensorBoard will lack earlier steps: there is no file with their events beside {}",
          path);
    }
    file.write();
    for (Storage.Entry old : earlier) {
      storage.delete(old.path());
    }
    return file;
  }

  /** The number of bytes so far, written or not. */
  public int bytes() {
    return events.size();
  }

  /** Adds scalars of a step by tag. */
  public void scalars(long step, Map<String, Double> scalars) {
    add(Event.scalars(step, scalars));
  }

  /** Adds an image of a step. */
  public void image(long step, String tag, byte[] png) {
    add(Event.image(step, tag, png));
  }

  private void add(byte[] event) {
    events.writeBytes(Framing.framed(event));
  }

  /** Writes the events added so far. */
  public void write() throws IOException {
    storage.extend(path, events.view(), written);
    written = events.size();
  }

  /** A growing array that can be viewed without a copy. */
  private static final class Bytes extends ByteArrayOutputStream {
    ByteBuffer view() {
      return ByteBuffer.wrap(buf, 0, count);
    }
  }
}
