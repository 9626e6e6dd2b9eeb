package ghostbeam.model.tensorboard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ghostbeam.model.augmentation.ContactSheet;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

class EventFileTest {
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir Path folder;

  private Path path(int run) {
    return folder.resolve("events.out.tfevents.000000000" + run);
  }

  private EventFile file() {
    return new EventFile(Storage.local(), path(1).toString());
  }

  private static EventFile after(Path folder, int bytes, Path path) throws IOException {
    List<Storage.Entry> earlier = Storage.local().list(folder.toString());
    return EventFile.after(earlier, bytes, Storage.local(), path.toString());
  }

  private static void step(EventFile file, long step, double loss) {
    file.scalars(step, new TreeMap<>(Map.of("train/loss", loss, "val/top1", 1 - loss)));
  }

  @Test
  void canBeReadByTensorFlowsOwnClasses() throws IOException {
    byte[] png = ContactSheet.png(List.of(List.of(new Pixels(3, 2, new byte[18]))));
    EventFile file = file();
    file.image(0, "train/contact_sheet", png);
    step(file, 70_000_000_000L, 0.125);
    file.write();
    List<Event> events = Events.of(path(1));
    assertEquals(4, events.size());
    assertEquals("brain.Event:2", events.get(0).getFileVersion());
    assertEquals(SessionLog.SessionStatus.START, events.get(1).getSessionLog().getStatus());
    assertEquals(0, events.get(1).getStep());
    Summary.Value sheet = events.get(2).getSummary().getValue(0);
    assertEquals("train/contact_sheet", sheet.getTag());
    assertEquals(3 + 8, sheet.getImage().getWidth());
    assertEquals(2 + 8, sheet.getImage().getHeight());
    assertEquals(3, sheet.getImage().getColorspace());
    assertArrayEquals(png, sheet.getImage().getEncodedImageString().toByteArray());
    Event last = events.get(3);
    assertEquals(70_000_000_000L, last.getStep());
    assertEquals(System.currentTimeMillis() / 1e3, last.getWallTime(), 60);
    assertEquals(2, last.getSummary().getValueCount());
    assertEquals(0.125f, last.getSummary().getValue(0).getSimpleValue());
    for (Event event : events) {
      assertTrue(event.getUnknownFields().asMap().isEmpty(), event::toString);
    }
  }

  @Test
  void canBeReadByAnIndependentPythonReader() throws Exception {
    assumeTrue(Files.isExecutable(Path.of(PYTHON)), "needs Debian's python3");
    EventFile file = file();
    file.image(0, "sheet", ContactSheet.png(List.of(List.of(new Pixels(5, 1, new byte[15])))));
    step(file, 1, 0.1);
    step(file, 300, 2.5);
    file.write();
    Process python =
        new ProcessBuilder(PYTHON, "src/sample/python/read_events.py", path(1).toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String told = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, python.waitFor());
    List<String> theirs =
        told.lines()
            .map(line -> line.split(" ", 3))
            .map(
                value ->
                    value[2].contains("x")
                        ? String.join(" ", value)
                        : value[0] + " " + value[1] + " " + Float.parseFloat(value[2]))
            .toList();
    assertEquals(Events.values(folder), theirs);
    assertEquals(5, theirs.size());
  }

  /** TensorBoard keeps a file open and continues to read from its last position. */
  @Test
  void growsInPlaceOnADisk() throws IOException {
    EventFile file = file();
    step(file, 1, 0.5);
    file.write();
    Object opened = key();
    byte[] first = Files.readAllBytes(path(1));
    step(file, 2, 0.25);
    file.write();
    assertEquals(opened, key());
    byte[] longer = Files.readAllBytes(path(1));
    assertArrayEquals(first, Arrays.copyOf(longer, first.length));
    assertEquals(file.bytes(), longer.length);
    assertEquals(4, Events.values(folder).size());

    Files.delete(path(1)); // the next write restores it whole
    step(file, 3, 0.125);
    file.write();
    assertEquals(6, Events.values(folder).size());
  }

  private Object key() throws IOException {
    return Files.readAttributes(path(1), BasicFileAttributes.class).fileKey();
  }

  @Test
  void resumesUnderAnotherNameWithEveryStepOnce() throws IOException {
    EventFile file = file();
    step(file, 1, 0.5);
    final int saved = file.bytes();
    step(file, 2, 0.25);
    file.write();
    Files.write(path(2), new byte[] {1, 2, 3}); // from a run that was stopped while resuming
    EventFile resumed = after(folder, saved, path(3));
    assertEquals(saved, resumed.bytes());
    step(resumed, 2, 0.25);
    step(resumed, 3, 0.125);
    resumed.write();
    assertEquals(List.of(path(3)), Events.files(folder));
    assertEquals(
        List.of(
            "1 train/loss 0.5",
            "1 val/top1 0.5",
            "2 train/loss 0.25",
            "2 val/top1 0.75",
            "3 train/loss 0.125",
            "3 val/top1 0.875"),
        Events.values(folder));
  }

  @Test
  void startsAgainWhereEarlierEventsAreMissing() throws IOException {
    EventFile file = after(folder, 1000, path(1));
    step(file, 7, 0.5);
    file.write();
    assertEquals(List.of("7 train/loss 0.5", "7 val/top1 0.5"), Events.values(folder));
  }
}
