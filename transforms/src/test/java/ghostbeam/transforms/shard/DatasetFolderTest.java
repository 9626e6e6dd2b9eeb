package ghostbeam.transforms.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetFolderTest {
  private static final String RECEIPT = "train-00000-of-00001.receipt";

  @TempDir Path folder;

  private boolean keepsItsReceipt() throws IOException {
    Files.createFile(folder.resolve(RECEIPT));
    new DatasetFolder(Storage.local(), folder.toString(), "train").clear(1);
    return Files.exists(folder.resolve(RECEIPT));
  }

  @Test
  void anUnfinishedDatasetIsGoneOnWith() throws IOException {
    assertEquals(true, keepsItsReceipt());
  }

  /** A run killed before it cleaned up leaves receipts; replacing must not take its shards over. */
  @Test
  void aFinishedDatasetIsReplacedAsAWhole() throws IOException {
    Files.createFile(folder.resolve("train-manifest.json"));
    assertEquals(false, keepsItsReceipt());
  }
}
