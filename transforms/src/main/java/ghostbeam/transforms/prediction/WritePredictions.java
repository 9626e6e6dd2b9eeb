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
 * Writes prediction lines to a gzipped CSV file per candidate and outputs the paths written, in no
 * order.
 *
 * <pre>{@code
 * ScoreCheckpoints.of(storage, "records", val, candidates)
 *     .withPredictions(WritePredictions.to(storage, name -> "predictions/" + name + ".csv.gz"));
 * }</pre>
 *
 * <p>Lines are in record order, whatever the input's order. A file is a concatenation of gzip
 * members, each with {@value #BLOCK} consecutive records, so its bytes are the same at any
 * parallelism and batch size; a worker holds one block at a time. Members are written to part files
 * beside the file and then concatenated, so the file appears atomically and retries are harmless.
 * The caller deletes the parts after the pipeline has run.
 */
public final class WritePredictions
    extends PTransform<PCollection<KV<KV<String, Long>, KV<Long, String>>>, PCollection<String>> {
  private static final long serialVersionUID = 1L;

  /** Records per gzip member: about a megabyte of lines. */
  private static final long BLOCK = 8192;

  private static final Pattern PART = Pattern.compile(".*\\.[0-9]{6,}\\.part");

  /** Coder of the input: lines and their first record number, keyed by candidate and block. */
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
   * Writes to the paths that a function gives.
   *
   * @param paths from a candidate's name to the path of its file
   */
  public static WritePredictions to(Storage storage, SerializableFunction<String, String> paths) {
    return new WritePredictions(storage, paths);
  }

  /** Whether a path is that of a part file. */
  public static boolean isPart(String path) {
    return PART.matcher(path).matches();
  }

  /** The index of a record's block. */
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
