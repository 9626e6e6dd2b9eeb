package ghostbeam.transforms.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.transforms.fetch.CountingStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CandidateTest {
  @TempDir Path root;

  @Test
  void readsItsPropertiesFromTheFile() throws IOException {
    String path = new TinyWorld(root).candidate("a", 1, 32).path();
    Candidate read = Candidate.read(Storage.local(), path);
    assertEquals(root.resolve("a").toString(), read.name());
    assertEquals(Checkpoint.read(Storage.local(), path).digest(), read.digest());
    assertEquals(new ValidationView(32, 0.875, Interpolation.PILLOW), read.view());
    assertEquals(Precision.FLOAT32, read.precision());
    Candidate other = read.named("b").withPrecision(Precision.BF16);
    assertEquals(other, SerializableUtils.ensureSerializable(other));
    assertEquals(read, other.named(read.name()).withPrecision(Precision.FLOAT32));
  }

  /** Each reads it from the first byte to the last and no byte twice. */
  @Test
  void readsTheFileOnceOnTheClientAndOnceOnAWorker() throws IOException {
    String path = new TinyWorld(root).candidate("a", 1, 32).path();
    CountingStorage client = new CountingStorage();
    Candidate candidate = Candidate.read(client, path);
    assertEquals(List.of(path), client.opened());
    assertEquals(Files.size(Path.of(path)), client.bytes());

    CountingStorage worker = new CountingStorage();
    LoadedClassifiers.dropIdle();
    LoadedClassifiers.acquire(worker, candidate, Long.MAX_VALUE).close();
    LoadedClassifiers.acquire(worker, candidate, Long.MAX_VALUE).close();
    LoadedClassifiers.dropIdle();
    assertEquals(List.of(path), worker.opened());
    assertEquals(Files.size(Path.of(path)), worker.bytes());
  }
}
