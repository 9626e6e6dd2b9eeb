package ghostbeam.model.tensorboard;

import ghostbeam.model.record.RecordStream;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

/** Event files, read by TensorFlow's own classes. */
public final class Events {
  private Events() {}

  /** The events of one file, in order. */
  public static List<Event> of(Path file) throws IOException {
    List<Event> events = new ArrayList<>();
    try (RecordStream records =
        new RecordStream(file.toString(), Storage.local().open(file.toString()), 1 << 24)) {
      for (Optional<RecordStream.Found> found = records.next();
          found.isPresent();
          found = records.next()) {
        found.get().fault().ifPresent(Events::refuse);
        events.add(Event.parseFrom(found.get().bytes()));
      }
    }
    return events;
  }

  private static void refuse(String fault) {
    throw new AssertionError(fault);
  }

  /** Step, tag and number, or image size, of all values of all files in a folder. */
  public static List<String> values(Path folder) throws IOException {
    List<String> values = new ArrayList<>();
    for (Path file : files(folder)) {
      for (Event event : of(file)) {
        for (Summary.Value value : event.getSummary().getValueList()) {
          String what =
              value.hasImage()
                  ? "%dx%d, %d bytes"
                      .formatted(
                          value.getImage().getWidth(),
                          value.getImage().getHeight(),
                          value.getImage().getEncodedImageString().size())
                  : Float.toString(value.getSimpleValue());
          values.add(event.getStep() + " " + value.getTag() + " " + what);
        }
      }
    }
    return values;
  }

  /** A folder's event files, in order. */
  public static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().contains("tfevents"))
          .sorted()
          .toList();
    }
  }
}
