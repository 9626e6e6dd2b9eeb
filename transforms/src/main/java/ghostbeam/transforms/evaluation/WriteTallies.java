package ghostbeam.transforms.evaluation;

import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ProcessFunction;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Writes each tally to its own file in wire format and outputs the paths written, in no order.
 *
 * <pre>{@code
 * tallies.apply(WriteTallies.to(storage, name -> "tallies/" + name + ".tally"));
 * }</pre>
 *
 * <p>Files are written atomically and replace earlier ones, so retries are harmless; two tallies
 * with the same path overwrite each other. A file that cannot be written fails the job.
 */
public final class WriteTallies
    extends PTransform<PCollection<KV<String, Tally>>, PCollection<String>> {
  private static final long serialVersionUID = 1L;

  private final Storage storage;
  private final SerializableFunction<String, String> paths;

  private WriteTallies(Storage storage, SerializableFunction<String, String> paths) {
    this.storage = storage;
    this.paths = paths;
  }

  /**
   * Writes to the paths that a function gives.
   *
   * @param paths from a tally's key to the path of its file
   */
  public static WriteTallies to(Storage storage, SerializableFunction<String, String> paths) {
    return new WriteTallies(storage, paths);
  }

  @Override
  public PCollection<String> expand(PCollection<KV<String, Tally>> tallies) {
    ProcessFunction<KV<String, Tally>, String> write = this::write;
    return tallies.apply("WriteFiles", MapElements.into(TypeDescriptors.strings()).via(write));
  }

  private String write(KV<String, Tally> tally) throws IOException {
    String path = paths.apply(tally.getKey());
    storage.writeWhole(path, ByteBuffer.wrap(tally.getValue().toBytes()));
    return path;
  }
}
