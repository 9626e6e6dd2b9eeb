package ghostbeam.pipelines.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** An object whose store does not say when it has changed. */
class MissingETagTest {
  private static final Storage STORAGE = BeamStorage.INSTANCE;

  @TempDir Path folder;

  /** A file in the folder that S3Proxy serves, of which it knows nothing more. */
  @Test
  void isListedButNotRead() throws Exception {
    try (S3Server server = S3Server.start(folder, "filesystem")) {
      Path object = folder.resolve("objects/bucket/strange/file");
      Files.createDirectories(object.getParent());
      Files.writeString(object, "who knows when it changes");
      FileSystems.setDefaultPipelineOptions(
          PipelineOptionsFactory.fromArgs(server.flags().toArray(String[]::new)).create());
      String path = server.root() + "/strange/file";

      Storage.Entry found = STORAGE.find(path).orElseThrow();
      assertEquals(new Storage.Entry(path, 25, ""), found);
      assertEquals(List.of(found), STORAGE.list(server.root() + "/strange"));
      for (Executable open :
          List.<Executable>of(() -> STORAGE.open(path), () -> STORAGE.open(found))) {
        String message = assertThrows(IOException.class, open).getMessage();
        assertTrue(message.startsWith(path + ": its store sends no ETag, "), message);
      }
    }
  }
}
