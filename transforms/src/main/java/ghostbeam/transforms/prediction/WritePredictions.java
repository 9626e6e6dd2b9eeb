package ghostbeam.transforms.prediction;

import static org.apache.beam.sdk.values.TypeDescriptors.kvs;
import static org.apache.beam.sdk.values.TypeDescriptors.longs;
import static org.apache.beam.sdk.values.TypeDescriptors.strings;

import ghostbeam.model.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPOutputStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ProcessFunction;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Writes lines of predictions to a gzipped CSV file for each candidate and gives the paths written,
 * in no order.
 *
 * <pre>{@code
 * ScoreCheckpoints.of(storage, "records", val, candidates)
 *     .withPredictions(WritePredictions.to(storage, name -> "predictions/" + name + ".csv.gz"));
 * }</pre>
 *
 * <p>Lines are in the order of records, whatever order they come in. A file is a chain of gzip
 * members, each of {@value #BLOCK} consecutive records, so its bytes are the same at any
 * parallelism and with batches of any size; a worker holds one block at a time. Members are written
 * as parts beside the file and chained as they are, so a file appears whole or not at all and
 * trying again does no harm. Whoever ran the pipeline deletes the parts.
 */
public final class WritePredictions
    extends PTransform<PCollection<KV<KV<String, Long>, KV<Long, String>>>, PCollection<String>> {
  private static final long serialVersionUID = 1L;

  /** Records in a gzip member: about a megabyte of lines. */
  private static final long BLOCK = 8192;

  private static final Pattern PART = Pattern.compile(".*\\.[0-9]{6,}\\.part");

  /** Of lines by their candidate and block, with their first record. */
  public static final Coder<KV<KV<String, Long>, KV<Long, String>>> CODER =
      KvCoder.of(
          KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()),
          KvCoder.of(VarLongCoder.of(), StringUtf8Coder.of()));

  private final Storage storage;
  private final SerializableFunction<String, String> paths;

  private WritePredictions(Storage storage, SerializableFunction<String, String> paths) {
    this.storage = storage;
    this.paths = paths;
  }

  /**
   * Writes where a function says.
   *
   * @param paths the file of a candidate by its name
   */
  public static WritePredictions to(Storage storage, SerializableFunction<String, String> paths) {
    return new WritePredictions(storage, paths);
  }

  /** Whether a path is a part's, not a file's. */
  public static boolean isPart(String path) {
    return PART.matcher(path).matches();
  }

  /** Which block a record is in. */
  public static long block(long record) {
    return record / BLOCK;
  }

  @Override
  public PCollection<String> expand(PCollection<KV<KV<String, Long>, KV<Long, String>>> lines) {
    ProcessFunction<KV<KV<String, Long>, Iterable<KV<Long, String>>>, KV<String, Long>> writePart =
        this::writePart;
    ProcessFunction<KV<String, Iterable<Long>>, String> chain = this::chain;
    return lines
        .apply("GroupByBlock", GroupByKey.create())
        .apply("WriteParts", MapElements.into(kvs(strings(), longs())).via(writePart))
        .apply("GroupByFile", GroupByKey.create())
        .apply("ChainParts", MapElements.into(strings()).via(chain));
  }

  private KV<String, Long> writePart(KV<KV<String, Long>, Iterable<KV<Long, String>>> block)
      throws IOException {
    Map<Long, String> inOrder = new TreeMap<>();
    block.getValue().forEach(lines -> inOrder.put(lines.getKey(), lines.getValue()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Writer text =
        new OutputStreamWriter(new GZIPOutputStream(bytes), StandardCharsets.UTF_8)) {
      text.write(block.getKey().getValue() == 0 ? PredictionLine.HEADER : "");
      for (String lines : inOrder.values()) {
        text.write(lines);
      }
    }
    String path = part(block.getKey().getKey(), block.getKey().getValue());
    storage.writeWhole(path, ByteBuffer.wrap(bytes.toByteArray()));
    return block.getKey();
  }

  private String chain(KV<String, Iterable<Long>> blocks) throws IOException {
    String path = paths.apply(blocks.getKey());
    List<String> parts =
        StreamSupport.stream(blocks.getValue().spliterator(), false)
            .sorted()
            .map(block -> part(blocks.getKey(), block))
            .toList();
    storage.concatenate(parts, path);
    return path;
  }

  private String part(String candidate, long block) {
    return paths.apply(candidate) + String.format(Locale.ROOT, ".%06d.part", block);
  }
}
