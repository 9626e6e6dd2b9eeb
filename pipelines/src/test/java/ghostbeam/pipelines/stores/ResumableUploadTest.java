package ghostbeam.pipelines.stores;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long files, as checkpoints are, on their way to Google when a connection breaks. */
@Timeout(300)
class ResumableUploadTest {
  private static final Storage STORAGE = BeamStorage.INSTANCE;
  private static final int MIB = 1 << 20;

  /** Bytes in flight, and requests other than parts. */
  private static final int MOST_AGAIN = MIB;

  private GcsServer gcs;

  @BeforeEach
  void start() throws IOException {
    gcs = GcsServer.start();
    FileSystems.setDefaultPipelineOptions(
        PipelineOptionsFactory.fromArgs(gcs.flags().toArray(String[]::new)).create());
  }

  @AfterEach
  void stop() {
    assertEquals(List.of(), gcs.unknown());
    gcs.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 21})
  void resendsOnlyWhatWasInFlight(int cutAfterMib) throws IOException {
    byte[] bytes = random(24 * MIB + 5, 1);
    String path = gcs.root() + "/run/checkpoints/last.safetensors";
    gcs.intake().cutAfter(cutAfterMib * (long) MIB);

    STORAGE.writeWhole(
        path, ByteBuffer.wrap(bytes, 0, 1000), ByteBuffer.wrap(bytes, 1000, bytes.length - 1000));

    assertArrayEquals(bytes, STORAGE.readWhole(path, bytes.length));
    long again = gcs.intake().received() - bytes.length;
    assertTrue(again > 0 && again < MOST_AGAIN, () -> again + " bytes were sent twice");
    assertEquals(1, STORAGE.list(gcs.root() + "/run").size());
  }

  @Test
  void writesWhatIsNewOnlyOnceThoughTheConnectionBreaks() throws IOException {
    String path = gcs.root() + "/new/file";
    byte[] one = random(9 * MIB, 1);
    gcs.intake().cutAfter(5L * MIB);
    STORAGE.writeNew(path, one);
    STORAGE.writeNew(path, one);

    IOException e =
        assertThrows(IOException.class, () -> STORAGE.writeNew(path, random(9 * MIB, 2)));

    assertTrue(e.getMessage().startsWith(path + " was written by another run"), e.getMessage());
    assertArrayEquals(one, STORAGE.readWhole(path, one.length));
  }

  @Test
  void takesAnUploadAsFinishedWhoseLastResponseIsLost() throws IOException {
    String path = gcs.root() + "/new/file";
    byte[] bytes = random(9 * MIB, 1);
    gcs.loseTheNextEnd();

    STORAGE.writeNew(path, bytes);

    assertArrayEquals(bytes, STORAGE.readWhole(path, bytes.length));
    assertTrue(gcs.intake().received() < bytes.length + MOST_AGAIN, "sent twice");
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
