package ghostbeam.model.distributed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StatusFilesTest {
  @TempDir Path folder;

  /** A rank that was only slow sees no more than that the others have left. */
  @Test
  void allRanksTellThatOneGaveUpTooSoon() throws Exception {
    Gang gang = new Gang(folder.toString(), new UUID(0, 0), "127.0.0.1", 2, 60);
    Advice advice = ModelRemedy.LONGER_TIMEOUT.with(60);
    LostRankException timeout = new LostRankException("rank 0 did not respond for 60 s", advice);
    new StatusFiles(Storage.local(), gang, 1)
        .end(StatusFiles.Status.LOST, Reason.of(timeout).toJson());

    IOException slow =
        new StatusFiles(Storage.local(), gang, 0).explain(new LostRankException("rank 1 has left"));

    assertEquals(
        "rank 0 of 2 stopped, since the connections between all ranks broke: rank 0 did not respond for 60 s",
        slow.getMessage());
    assertEquals(Optional.of(advice), Advice.about(slow));
  }
}
