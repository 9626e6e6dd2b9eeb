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
 * One training's numbers and pictures for TensorBoard. All of them are kept in memory, too, since
 * stores cannot append: there the file is written whole; on a disk it grows in place, as
 * TensorBoard holds files open and would go on reading one that another has replaced. Not
 * thread-safe.
 */
public final class EventFile {
  private static final Logger LOG = LoggerFactory.getLogger(EventFile.class);

  private final Storage storage;
  private final String path;
  private final Bytes events = new Bytes();
  private int written;

  /** A file of a training that begins; it is there from the first {@link #write} on. */
  public EventFile(Storage storage, String path) {
    this.storage = storage;
    this.path = path;
    add(Event.version());
    add(Event.start(0));
  }

  /**
   * Goes on in a file of another name, since readers hold the earlier one open and may have read on
   * beyond the point to go on from. It begins as that one does, so it holds every step once.
   *
   * @param earlier files of this training, the newest last; deleted once the new one is there
   * @param bytes of them that stay; 0 for none
   */
  public static EventFile after(
      List<Storage.Entry> earlier, int bytes, Storage storage, String path) throws IOException {
    EventFile file = new EventFile(storage, path);
    // A newest one that is shorter was being begun when its training was stopped.
    Optional<Storage.Entry> from =
        earlier.stream().filter(old -> old.bytes() >= bytes).reduce((older, newer) -> newer);
    if (bytes > 0 && from.isPresent()) {
      file.events.reset();
      file.events.write(storage.readWhole(from.get().path()), 0, bytes);
    } else if (bytes > 0) {
      LOG.warn("TensorBoard will not see earlier steps: their events are not beside {}", path);
    }
    file.write();
    for (Storage.Entry old : earlier) {
      storage.delete(old.path());
    }
    return file;
  }

  /** Bytes so far, whether they are written yet or not. */
  public int bytes() {
    return events.size();
  }

  /** Adds numbers of a step by their tags. */
  public void scalars(long step, Map<String, Double> scalars) {
    add(Event.scalars(step, scalars));
  }

  /** Adds a picture of a step. */
  public void image(long step, String tag, byte[] png) {
    add(Event.image(step, tag, png));
  }

  private void add(byte[] event) {
    events.writeBytes(Framing.framed(event));
  }

  /** Writes what was added. */
  public void write() throws IOException {
    storage.extend(path, events.view(), written);
    written = events.size();
  }

  /** All that was added, to be looked at without a copy. */
  private static final class Bytes extends ByteArrayOutputStream {
    ByteBuffer view() {
      return ByteBuffer.wrap(buf, 0, count);
    }
  }
}
