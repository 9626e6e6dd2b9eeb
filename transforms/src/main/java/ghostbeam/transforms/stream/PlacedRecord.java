package ghostbeam.transforms.stream;

import ghostbeam.transforms.ingest.LabelledImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;

/**
 * An image on its way to its shard.
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
    Place place, String key, int label, String synset, String filename, byte[] bytes, String fault)
    implements LabelledImage {
  private static final long NOWHERE = -1;

  /** No image: what makes sure that somebody writes a shard, even if it has none. */
  public static PlacedRecord opening(int shard) {
    Place place = new Place(shard, 0, "", NOWHERE);
    return new PlacedRecord(place, "", 0, "", "", new byte[0], "");
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
      TEXT.encode(row.key(), out);
      INT.encode(row.label(), out);
      TEXT.encode(row.synset(), out);
      TEXT.encode(row.filename(), out);
      TEXT.encode(row.fault(), out);
      BYTES.encode(row.bytes(), out);
    }

    @Override
    public PlacedRecord decode(InputStream in) throws IOException {
      Place place = new Place(INT.decode(in), LONG.decode(in), TEXT.decode(in), LONG.decode(in));
      String key = TEXT.decode(in);
      int label = INT.decode(in);
      String synset = TEXT.decode(in);
      String filename = TEXT.decode(in);
      String fault = TEXT.decode(in);
      return new PlacedRecord(place, key, label, synset, filename, BYTES.decode(in), fault);
    }
  }
}
