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
 * An image on its way to its shard, or a piece of one: engines hold what they sort in buffers that
 * a long image does not fit in. The pieces behind the first have but their place and their bytes.
 *
 * @param place where it is to lie
 * @param key what to call it in a message
 * @param label from 0; of no use where there is a fault
 * @param synset its class's name
 * @param filename its own name
 * @param bytes the image; of no use where there is a fault
 * @param fault why it could not be read; empty where it could
 */
@DefaultCoder(PlacedRecord.PlacedRecordCoder.class)
public record PlacedRecord(
    Placement place, String key, int label, String synset, String filename, byte[] bytes, String fault)
    implements BlockOutput, LabelledImage {
  private static final long NOWHERE = -1;

  /** Longest piece, in bytes: an array of half a MiB takes a whole region of a small heap. */
  private static final int PIECE = (512 << 10) - 4096;

  /** No image: what makes sure that somebody writes a shard, even if it has none. */
  static PlacedRecord opening(int shard) {
    return piece(new Placement(shard, 0, "", NOWHERE, 0), new byte[0]);
  }

  private static PlacedRecord piece(Placement place, byte[] bytes) {
    return new PlacedRecord(place, "", 0, "", "", bytes, "");
  }

  /** Gives its pieces in their order, each a copy of its part of the bytes. */
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

  /** The pieces of each image, of all images' pieces in the order of their places. */
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

  /** Whether it is an image's. */
  public boolean isImage() {
    return place.position() != NOWHERE;
  }

  /** Components in their order; deterministic. */
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
