package ghostbeam.transforms.prediction;

import ghostbeam.model.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Serializable;
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
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
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

  private final Files files;

  /** Where files and their parts are. */
  private record Files(Storage storage, SerializableFunction<String, String> paths)
      implements Serializable {
    private String part(String candidate, long block) {
      return paths.apply(candidate) + String.format(Locale.ROOT, ".%06d.part", block);
    }
  }

  private WritePredictions(Files files) {
    this.files = files;
  }

  /**
   * Writes where a function says.
   *
   * @param paths the file of a candidate by its name
   */
  public static WritePredictions to(Storage storage, SerializableFunction<String, String> paths) {
    return new WritePredictions(new Files(storage, paths));
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
    return lines
        .apply("GroupByBlock", GroupByKey.create())
        .apply("WriteParts", ParDo.of(new WritePartFn(files)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()))
        .apply("GroupByFile", GroupByKey.create())
        .apply("ChainParts", ParDo.of(new ChainFn(files)));
  }

  private static final class WritePartFn
      extends DoFn<KV<KV<String, Long>, Iterable<KV<Long, String>>>, KV<String, Long>> {
    private static final long serialVersionUID = 1L;

    private final Files files;

    WritePartFn(Files files) {
      this.files = files;
    }

    @ProcessElement
    public void write(
        @Element KV<KV<String, Long>, Iterable<KV<Long, String>>> block,
        OutputReceiver<KV<String, Long>> written)
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
      String path = files.part(block.getKey().getKey(), block.getKey().getValue());
      files.storage.writeWhole(path, ByteBuffer.wrap(bytes.toByteArray()));
      written.output(block.getKey());
    }
  }

  private static final class ChainFn extends DoFn<KV<String, Iterable<Long>>, String> {
    private static final long serialVersionUID = 1L;

    private final Files files;

    ChainFn(Files files) {
      this.files = files;
    }

    @ProcessElement
    public void chain(@Element KV<String, Iterable<Long>> blocks, OutputReceiver<String> written)
        throws IOException {
      String path = files.paths.apply(blocks.getKey());
      List<String> parts =
          StreamSupport.stream(blocks.getValue().spliterator(), false)
              .sorted()
              .map(block -> files.part(blocks.getKey(), block))
              .toList();
      files.storage.chain(parts, path);
      written.output(path);
    }
  }
}
