package ghostbeam.model.search;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The file that names a proxy task's records, damaged or of other data. */
final class ProxyTaskFileTest extends ProxyTaskCase {
  @Test
  void isOfTheDataThatItWasChosenFromAlone() throws IOException {
    String folder = task(3, 7, 1, "proxy");
    String nested =
        assertThrows(
                IOException.class,
                () -> new ProxyTask(2, 2, 1).write(STORAGE, folder, folder, folder))
            .getMessage();
    assertTrue(nested.contains("holds no records of its own"), nested);
    STORAGE.delete(data() + "/train-manifest.json");
    write("train", 5);
    String told =
        assertThrows(IOException.class, () -> Dataset.open(STORAGE, folder, "train")).getMessage();
    assertTrue(told.contains("was chosen from a dataset other than the one that " + data()), told);
  }

  @Test
  void refusesWhatContradictsItselfOrItsData() throws IOException {
    String folder = task(2, 3, 1, "proxy");
    Path file = Path.of(folder, "train-subset.json");
    String sound = Files.readString(file);
    String records = sound.replaceFirst(".*\"records\":\\[([\\d,]+)].*", "$1");
    String first = records.substring(0, records.indexOf(','));
    List<String> hostile =
        List.of(
            sound.replace(records, records.replaceFirst("^\\d+", "-1")),
            sound.replace(records, records.replaceFirst("\\d+$", "200")),
            sound.replace(records, records.replaceFirst(",\\d+", "," + first)),
            sound.replaceFirst("(\"labelCounts\":\\[\\d+),\\d+]", "$1,9]"),
            sound.replaceFirst("(\"labelCounts\":\\[\\d+),\\d+]", "$1]"),
            sound.replaceFirst("\"(\\w+)\",\"\\w+\"](?=,\"labelCounts)", "\"$1\",\"$1\"]"),
            sound.replace("\"" + data() + "\"", "\"" + folder + "\""),
            sound.replaceFirst("(\"classes\":\\[\")\\w+", "$1gnu"),
            sound + "{}",
            "null");
    for (String text : hostile) {
      assertNotEquals(sound, text);
      Files.writeString(file, text);
      assertThrows(IOException.class, () -> Manifest.read(STORAGE, folder, "train"), text);
    }
  }

  /** Counts of records and shards stay the same; only the record's own label is wrong. */
  @Test
  void anotherRecordIsAnotherTaskAndOneOfAnotherClassIsRefused() throws IOException {
    String folder = task(2, 3, 1, "proxy");
    Path file = Path.of(folder, "train-subset.json");
    String sound = Files.readString(file);
    Manifest before = Manifest.read(STORAGE, folder, "train");
    List<Integer> chosen = numbers(images(folder, "train")).boxed().toList();
    int record =
        chosen.stream().filter(n -> n > 1 && n % A_SHARD < A_SHARD / 2).findFirst().orElseThrow();
    int twin = record + 4;
    int stranger =
        IntStream.range(2, 2 + 4)
            .filter(n -> chosen.stream().noneMatch(known -> known > 1 && known % 4 == n % 4))
            .findFirst()
            .orElseThrow();
    String number = "(?<=[\\[,])" + record + "(?=[,\\]])";
    Files.writeString(file, sound.replaceFirst(number + "(?!.*labelCounts)", "" + twin));
    assertNotEquals(before.digest(), Manifest.read(STORAGE, folder, "train").digest());
    Files.writeString(file, sound.replaceFirst(number + "(?!.*labelCounts)", "" + stranger));
    String told = assertThrows(IOException.class, () -> images(folder, "train")).getMessage();
    assertTrue(told.contains("but its class was not"), told);
  }
}
