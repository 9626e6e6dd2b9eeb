package ghostbeam.model.scoring;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.roaringbitmap.Container;
import org.roaringbitmap.ContainerPointer;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.RunContainer;

/**
 * The serialised form of a {@link Tally}, version 2: a version byte; the checkpoint's name and the
 * number of classes; five bitmaps in RoaringBitmap's portable format (seen, Top-1, Top-5,
 * undecodable, not finite), in version 3, for a network that knows more classes than the data has,
 * a sixth (Top-1 among the data's classes); the sums of the true classes' losses and of the others'
 * in 2⁻³² nat as two's complement numbers; per class total and correct; mistakes as (distance from
 * the previous record, label × classes + predicted); 15 calibration bins. Numbers are base-128
 * varints; strings, bitmaps and sums are length-prefixed.
 */
final class TallyFormat {
  private static final byte VERSION = 2;
  private static final byte KNOWS_MORE = 3;
  private static final int MAX_CLASSES = 1 << 20;
  private static final int MAX_NAME = 1 << 12;

  private TallyFormat() {}

  static byte[] write(Tally tally) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeRawByte(tally.knowsMore() ? KNOWS_MORE : VERSION);
      out.writeStringNoTag(tally.checkpoint);
      out.writeUInt32NoTag(tally.classes);
      for (RoaringBitmap set : tally.sets.all()) {
        out.writeByteArrayNoTag(bitmapBytes(set));
      }
      tally.loss.write(out);
      tally.othersLoss.write(out);
      tally.confusion.write(out);
      tally.calibration.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * A bitmap's containers depend on its history; rebuilding it in order makes them depend on its
   * content only.
   */
  private static byte[] bitmapBytes(RoaringBitmap bitmap) throws IOException {
    RoaringBitmap canonical = new RoaringBitmap();
    for (ContainerPointer at = bitmap.getContainerPointer();
        at.getContainer() != null;
        at.advance()) {
      add(at.key(), at.getContainer(), canonical);
    }
    canonical.runOptimize();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(canonical.serializedSizeInBytes());
    canonical.serialize(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** Runs are added as ranges: a few bytes may represent four billion numbers. */
  private static void add(char key, Container container, RoaringBitmap into) {
    if (container instanceof RunContainer runs) {
      long first = (long) key << Character.SIZE;
      for (int i = 0; i < runs.numberOfRuns(); i++) {
        long from = first + runs.getValue(i);
        into.add(from, from + runs.getLength(i) + 1);
      }
    } else {
      container.forEach(key, into::add);
    }
  }

  static Tally read(byte[] bytes) throws IOException {
    if (bytes.length == 0 || (bytes[0] != VERSION && bytes[0] != KNOWS_MORE)) {
      throw new IOException(
          "not a tally of format "
              + VERSION
              + " or "
              + KNOWS_MORE
              + "; score the checkpoint again with this version");
    }
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      boolean knowsMore = in.readRawByte() == KNOWS_MORE;
      Tally tally = parse(in, bytes.length, knowsMore);
      require(in.isAtEnd(), "bytes after its end");
      return tally;
    } catch (IOException e) {
      throw new IOException(
          "a damaged tally (" + e.getMessage() + "); score the checkpoint again", e);
    }
  }

  private static Tally parse(CodedInputStream in, int length, boolean knowsMore)
      throws IOException {
    String checkpoint = in.readString();
    int classes = in.readUInt32();
    require(checkpoint.length() <= MAX_NAME, "a name longer than " + MAX_NAME);
    require(classes >= 0 && classes <= MAX_CLASSES, "classes beyond " + MAX_CLASSES);
    require(checkpoint.isEmpty() == (classes == 0), "a name without classes");
    require(2 * classes <= length, "more classes than bytes");
    require(!checkpoint.isEmpty() || !knowsMore, "classes without a name");
    Tally tally = checkpoint.isEmpty() ? Tally.empty() : Tally.of(checkpoint, classes, knowsMore);
    RecordSets sets = tally.sets;
    for (RoaringBitmap set : sets.all()) {
      readBitmap(in, set);
    }
    if (knowsMore) {
      require(
          sets.inDataset.contains(sets.top1),
          "Top-1 hits that are not hits among the data's classes");
      require(sets.seen.contains(sets.inDataset), "Top-1 hits outside the records seen");
    }
    tally.loss.read(in);
    tally.othersLoss.read(in);
    tally.confusion.read(in);
    tally.calibration.read(in);
    require(sets.seen.isEmpty() || sets.seen.last() >= 0, "record numbers beyond 2^31");
    require(sets.top5.contains(sets.top1), "Top-1 hits outside Top-5");
    require(sets.seen.contains(sets.top5), "Top-5 hits outside the records seen");
    require(sets.seen.contains(sets.undecodable), "undecodable records that were not seen");
    require(sets.seen.contains(sets.notFinite), "scored records that were not seen");
    require(tally.confusion.images() == tally.records(), "class totals unlike the records seen");
    require(tally.calibration.images() == sets.scored(), "calibration unlike the records scored");
    for (Tally.Mistake mistake : tally.confusion.mistakes()) {
      int record = mistake.record();
      require(
          sets.seen.contains(record) && !sets.top1.contains(record),
          "a mistake for a record not seen, or answered correctly");
    }
    return tally;
  }

  private static void readBitmap(CodedInputStream in, RoaringBitmap into) throws IOException {
    byte[] bytes = in.readByteArray();
    boolean canonical;
    try {
      into.deserialize(new DataInputStream(new ByteArrayInputStream(bytes)));
      canonical = Arrays.equals(bitmapBytes(into), bytes);
    } catch (RuntimeException e) {
      // RoaringBitmap checks only upper bounds of the sizes it reads, and throws various
      // exceptions.
      throw new IOException("an unreadable bitmap", e);
    }
    require(canonical, "a bitmap not in canonical form");
  }

  private static void require(boolean holds, String otherwise) throws IOException {
    if (!holds) {
      throw new IOException(otherwise);
    }
  }
}
