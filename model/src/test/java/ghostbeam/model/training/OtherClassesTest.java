package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherClassesTest {
  @TempDir Path folder;

  /** As where the validation split has no image of a class. */
  @Test
  void namesTheClassThatValLacksAndTheRemedy() throws IOException {
    Path data = folder.resolve("data");
    TinyTraining.writeData(data);
    Manifest val = Manifest.read(Storage.local(), data.toString(), "val");
    Files.delete(data.resolve("val-manifest.json"));
    new Manifest(
            val.format(),
            val.split(),
            val.records(),
            List.of("a", "c"),
            val.labelCounts(),
            Manifest.ORDINARY_LABELS,
            val.seed(),
            val.settings(),
            val.source(),
            val.shards(),
            val.rejected(),
            "")
        .withDigest()
        .write(Storage.local(), data.toString());

    IOException refusal =
        assertThrows(
            IOException.class,
            () ->
                TinyTraining.run(
                    Storage.local(), data, folder.resolve("out"), TinyTraining.SPEC, false));

    assertEquals(
        "the classes of %1$s (train) and %1$s (val) differ: class 1 is 'b' in one and 'c' in the other"
            .formatted(data),
        refusal.getMessage());
    assertEquals(
        Optional.of(ModelRemedy.SAME_CLASSES.with(data.resolve("train-manifest.json"))),
        Advice.about(refusal));
  }
}
