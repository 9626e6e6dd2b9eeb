package ghostbeam.transforms.evaluation;

import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Writes each tally's wire form to a file of its own, whole or not at all, replacing an earlier
 * one; gives the paths written.
 */
public final class WriteTallies
    extends PTransform<PCollection<KV<String, Tally>>, PCollection<String>> {
  private static final long serialVersionUID = 1L;

  private final Storage storage;
  private final String folder;

  /**
   * @param folder where the files go, named as {@link #path} says
   */
  public WriteTallies(Storage storage, String folder) {
    this.storage = storage;
    this.folder = folder;
  }

  /** The file of a checkpoint's tally; a name with slashes leads into sub-folders. */
  public static String path(String folder, String checkpoint) {
    return Storage.resolve(folder, checkpoint + ".tally");
  }

  @Override
  public PCollection<String> expand(PCollection<KV<String, Tally>> tallies) {
    return tallies.apply("WriteFiles", ParDo.of(new WriteFn(storage, folder)));
  }

  private static final class WriteFn extends DoFn<KV<String, Tally>, String> {
    private static final long serialVersionUID = 1L;

    private final Storage storage;
    private final String folder;

    WriteFn(Storage storage, String folder) {
      this.storage = storage;
      this.folder = folder;
    }

    @ProcessElement
    public void write(@Element KV<String, Tally> tally, OutputReceiver<String> written)
        throws IOException {
      String path = path(folder, tally.getKey());
      storage.writeWhole(path, ByteBuffer.wrap(tally.getValue().toBytes()));
      written.output(path);
    }
  }
}
