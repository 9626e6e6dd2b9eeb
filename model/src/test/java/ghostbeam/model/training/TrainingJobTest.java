package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainingJobTest {
  @TempDir Path data;

  @Test
  void advisesWhatMakesSoFewImagesEnough() throws IOException {
    TinyTraining.writeData(data);
    TrainingSpec large = TinyTraining.with(TinyTraining.SPEC, "batchSize", "32");
    TrainingSpec ranks = TinyTraining.with(TinyTraining.SPEC, "ranks", "10");
    TrainingSpec everyImage = TinyTraining.with(ranks, "dropTail", "false");

    AdvisedException tooLarge = refusal(large);
    assertTrue(tooLarge.getMessage().endsWith(" need at least 32"), tooLarge.getMessage());
    assertEquals(Optional.of(ModelRemedy.SMALLER_STEP.with()), tooLarge.advice());
    assertEquals(
        Optional.of(ModelRemedy.SMALLER_STEP_OR_FEWER_RANKS.with()), refusal(ranks).advice());
    assertEquals(Optional.of(ModelRemedy.FEWER_RANKS.with(9)), refusal(everyImage).advice());
  }

  private AdvisedException refusal(TrainingSpec spec) throws IOException {
    Storage storage = Storage.local();
    Manifest train = Manifest.read(storage, data.toString(), "train");
    Manifest val = Manifest.read(storage, data.toString(), "val");
    TrainingJob job = TrainingJob.of(spec, data.toString(), "unused");
    return assertThrows(AdvisedException.class, () -> job.requireFitting(storage, train, val));
  }
}
