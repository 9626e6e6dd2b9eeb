package ghostbeam.transforms.shard;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.LastingFailure;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * A shard that lies in the output, and by what to see at the end of the run that nobody has
 * replaced it since, without reading it again.
 *
 * @param receipt what was written
 * @param version of the shard file as it was found then; empty where it was not
 * @param indexVersion of the index file likewise
 */
@DefaultCoder(SerializableCoder.class)
public record WholeShard(Receipt receipt, String version, String indexVersion) implements Written {

  /** What lies there now. To be trusted, the bytes must be looked at after this. */
  static WholeShard find(DatasetFolder output, Receipt receipt) throws IOException {
    Storage storage = output.storage();
    String file = receipt.summary().file();
    Optional<Storage.Entry> shard =
        storage.find(output.path(file)).filter(entry -> entry.bytes() == receipt.summary().bytes());
    Optional<Storage.Entry> index = storage.find(output.path(DatasetFolder.index(file)));
    return new WholeShard(
        receipt,
        shard.map(Storage.Entry::version).orElse(""),
        index.map(Storage.Entry::version).orElse(""));
  }

  ShardSummary summary() {
    return receipt.summary();
  }

  /**
   * Throws unless shard and index still are what was found. Where a version differs their bytes
   * decide: what only has another time, or was left out of a listing, is as good.
   *
   * @param versions of what lies in the output now, by path
   */
  void requireUntouched(DatasetFolder output, Map<String, String> versions) throws IOException {
    String path = output.path(summary().file());
    boolean untouched =
        is(version, versions.get(path))
            && is(indexVersion, versions.get(output.path(DatasetFolder.index(summary().file()))));
    if (!untouched && !receipt.describes(output)) {
      throw LastingFailure.because(
          ("%s is not what this run wrote: another one, such as that of a client that died, wrote"
                  + " there too; run again, which makes what is wrong anew")
              .formatted(path));
    }
  }

  private static boolean is(String found, String now) {
    return !found.isEmpty() && found.equals(now);
  }
}
