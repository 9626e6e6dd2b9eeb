package ghostbeam.transforms.stream;

import ghostbeam.transforms.ingest.LabelledImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;

/**
 * An image to be shuffled to its shard, or a piece of one: large images are divided because engines
 * sort in buffers that they would not fit into. Pieces after the first have only place and bytes.
 *
 * @param place where the record goes
 * @param key its name in messages
 * @param label from 0; undefined if there is a fault
 * @param synset class name
 * @param filename of the image
 * @param bytes of the image file or piece; undefined if there is a fault
 * @param fault why the record could not be read; empty if it could
 */
@DefaultCoder(PlacedRecord.PlacedRecordCoder.class)
public record PlacedRecord(
    Placement place,
    String key,
    int label,
    String synset,
    String filename,
    byte[] bytes,
    String fault)
    implements BlockOutput, LabelledImage {
  private static final long PLACEHOLDER = -1;

  /** Bytes per piece; an array of half a MiB would take a whole G1 region of a small heap. */
  private static final int PIECE = (512 << 10) - 4096;

  /** A record without an image, so that a shard is written even if it has no images. */
  static PlacedRecord placeholder(int shard) {
    return piece(new Placement(shard, 0, "", PLACEHOLDER, 0), new byte[0]);
  }

  private static PlacedRecord piece(Placement place, byte[] bytes) {
    return new PlacedRecord(place, "", 0, "", "", bytes, "");
  }

  /** Passes on the pieces in order, each with a copy of its part of the bytes. */
  void forEachPiece(Consumer<PlacedRecord> sink) {
    if (bytes.length <= PIECE) {
      sink.accept(this);
      return;
    }
    byte[] begin = Arrays.copyOf(bytes, PIECE);
    sink.accept(new PlacedRecord(place, key, label, synset, filename, begin, fault));
    for (int from = PIECE; from < bytes.length; from += PIECE) {
      byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PIECE));
      sink.accept(piece(place.ofPiece(from / PIECE), part));
    }
  }

  /** Groups the pieces of a shard, sorted by place, into images. */
  public static List<List<PlacedRecord>> images(List<PlacedRecord> sorted) {
    List<List<PlacedRecord>> images = new ArrayList<>();
    for (PlacedRecord piece : sorted) {
      if (piece.place.piece() == 0) {
        images.add(new ArrayList<>());
      }
      images.get(images.size() - 1).add(piece);
    }
    return images;
  }

  /** False for a placeholder. */
  public boolean isImage() {
    return place.position() != PLACEHOLDER;
  }

  /** Encodes the components in order; deterministic. */
  public static final class PlacedRecordCoder extends AtomicCoder<PlacedRecord> {
    private static final long serialVersionUID = 1L;
    private static final PlacedRecordCoder INSTANCE = new PlacedRecordCoder();
    private static final Coder<Integer> INT = VarIntCoder.of();
    private static final Coder<Long> LONG = VarLongCoder.of();
    private static final Coder<String> TEXT = StringUtf8Coder.of();
    private static final Coder<byte[]> BYTES = ByteArrayCoder.of();

    private PlacedRecordCoder() {}

    /** The coder. */
    public static PlacedRecordCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(PlacedRecord row, OutputStream out) throws IOException {
      INT.encode(row.place().shard(), out);
      LONG.encode(row.place().hash(), out);
      TEXT.encode(row.place().file(), out);
      LONG.encode(row.place().position(), out);
      INT.encode(row.place().piece(), out);
      TEXT.encode(row.key(), out);
      INT.encode(row.label(), out);
      TEXT.encode(row.synset(), out);
      TEXT.encode(row.filename(), out);
      TEXT.encode(row.fault(), out);
      BYTES.encode(row.bytes(), out);
    }

    @Override
    public PlacedRecord decode(InputStream in) throws IOException {
      Placement place =
          new Placement(
              INT.decode(in), LONG.decode(in), TEXT.decode(in), LONG.decode(in), INT.decode(in));
      String key = TEXT.decode(in);
      int label = INT.decode(in);
      String synset = TEXT.decode(in);
      String filename = TEXT.decode(in);
      String fault = TEXT.decode(in);
      return new PlacedRecord(place, key, label, synset, filename, BYTES.decode(in), fault);
    }
  }
}
