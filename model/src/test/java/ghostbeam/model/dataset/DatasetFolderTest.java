package ghostbeam.model.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.model.storage.Storage;
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
  void anUnfinishedDatasetIsResumed() throws IOException {
    assertEquals(true, keepsItsReceipt());
  }

  /** A run killed before its clean-up leaves receipts; a new run must not reuse its shards. */
  @Test
  void aFinishedDatasetIsReplacedAsAWhole() throws IOException {
    Files.createFile(folder.resolve("train-manifest.json"));
    assertEquals(false, keepsItsReceipt());
  }

  @Test
  void countsItsSplitsFinishedShards() throws IOException {
    DatasetFolder train = new DatasetFolder(Storage.local(), folder.toString(), "train");
    assertEquals(new DatasetFolder.Written(0, 0), train.written());
    for (String file :
        new String[] {
          "train-00003-of-01024.receipt",
          "train-00017-of-01024.receipt",
          "train-00017-of-01024.tfrecord",
          "train-00018-of-01024.receipt.part",
          "val-00000-of-00008.receipt"
        }) {
      Files.createFile(folder.resolve(file));
    }
    assertEquals(new DatasetFolder.Written(2, 1024), train.written());

    Files.createFile(folder.resolve("train-00000-of-00008.receipt"));
    assertEquals(new DatasetFolder.Written(0, 0), train.written(), "two plans");

    Files.delete(folder.resolve("train-00000-of-00008.receipt"));
    Files.createFile(folder.resolve("train-manifest.json"));
    assertEquals(new DatasetFolder.Written(0, 0), train.written(), "finished");
  }
}
