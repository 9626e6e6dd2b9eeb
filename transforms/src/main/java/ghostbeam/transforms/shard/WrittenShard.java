package ghostbeam.transforms.shard;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.PermanentFailure;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * A shard in the output, with the versions of its files, by which the end of the run can verify
 * without reading them that they have not been replaced.
 *
 * @param receipt of what was written
 * @param version of the shard file after writing; empty if it was not found
 * @param indexVersion of the index file, likewise
 */
@DefaultCoder(SerializableCoder.class)
public record WrittenShard(Receipt receipt, String version, String indexVersion)
    implements WriteOutput {

  /** The shard's files as they are now. Bytes must be verified after this call, not before. */
  static WrittenShard find(DatasetFolder output, Receipt receipt) throws IOException {
    Storage storage = output.storage();
    String file = receipt.summary().file();
    Optional<Storage.Entry> shard =
        storage.find(output.path(file)).filter(entry -> entry.bytes() == receipt.summary().bytes());
    Optional<Storage.Entry> index = storage.find(output.path(DatasetFolder.index(file)));
    return new WrittenShard(
        receipt,
        shard.map(Storage.Entry::version).orElse(""),
        index.map(Storage.Entry::version).orElse(""));
  }

  ShardSummary summary() {
    return receipt.summary();
  }

  /**
   * Throws unless shard and index are unchanged. If a version differs, the bytes decide: a file may
   * only have a new timestamp, or be missing from a listing.
   *
   * @param versions of the output's files now, by path
   */
  void requireUntouched(DatasetFolder output, Map<String, String> versions) throws IOException {
    String path = output.path(summary().file());
    boolean untouched =
        isSame(version, versions.get(path))
            && isSame(
                indexVersion, versions.get(output.path(DatasetFolder.index(summary().file()))));
    if (!untouched && !receipt.describes(output)) {
      throw PermanentFailure.because(
          ("%s is not what this run wrote: another run, perhaps one whose client died, wrote there,"
                  + " too; run again to rewrite it")
              .formatted(path));
    }
  }

  private static boolean isSame(String found, String now) {
    return !found.isEmpty() && found.equals(now);
  }
}
