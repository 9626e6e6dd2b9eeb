package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class TallyFormatTest {

  /** Fixed so that earlier versions' tallies stay readable; a new format needs a new version. */
  @Test
  void versionTwoIsTheseBytes() {
    Tally tally = Tally.of("best", 2);
    tally.add(0, 0, new float[] {0, 0}, 0);
    tally.add(2, 1, new float[] {0, 0}, 0);
    String expected =
        "02"
            + "0462657374" // "best"
            + "02" // classes
            + "143a30000001000000000001001000000000000200" // seen {0, 2}
            + "123a3000000100000000000000100000000000" // Top-1 {0}: a tie goes to class 0
            + "143a30000001000000000001001000000000000200" // Top-5 {0, 2}
            + "083a30000000000000" // undecodable
            + "083a30000000000000" // not finite
            + "050162e42ff0" // 2 ln 2, rounded to 2^-32 twice
            + "050162e42ff0" // the same for the other class
            + "01010100" // class 0: 1 and 1 right, class 1: 1 and 0 right
            + "010202" // one mistake: record 2, 1 taken for 0
            + "000000".repeat(7)
            + "02018080808010" // two images of confidence 1/2, one right
            + "000000".repeat(7);
    assertEquals(expected, HexFormat.of().formatHex(tally.toBytes()));
  }

  @Test
  void roundTrips() throws IOException {
    Tally tally = Tally.of("ε/best", 11);
    for (int i = 0; i < 9000; i++) {
      TallyTest.addRecord(tally, i * 3);
    }
    Tally read = Tally.fromBytes(tally.toBytes());
    assertArrayEquals(tally.toBytes(), read.toBytes());
    assertEquals(tally.loss(), read.loss());
    assertEquals(tally.calibrationError(), read.calibrationError());
    assertEquals(Tally.empty(), Tally.fromBytes(Tally.empty().toBytes()));
  }

  @Test
  void rejectsAnotherVersion() {
    byte[] bytes = Tally.of("c", 2).toBytes();
    bytes[0] = 9;
    IOException refused = assertThrows(IOException.class, () -> Tally.fromBytes(bytes));
    assertTrue(refused.getMessage().contains("format 2 or 3"), refused::getMessage);
    assertThrows(IOException.class, () -> Tally.fromBytes(new byte[0]));
  }

  @Test
  void rejectsEveryTruncationAndAnyAddition() {
    Tally tally = Tally.of("c", 11);
    for (int i = 0; i < 50; i++) {
      TallyTest.addRecord(tally, i);
    }
    byte[] bytes = tally.toBytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] truncated = Arrays.copyOf(bytes, length);
      assertThrows(IOException.class, () -> Tally.fromBytes(truncated), "length " + length);
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThrows(IOException.class, () -> Tally.fromBytes(longer));
  }

  @Test
  void damagedBytesAreEitherReadOrRejected() {
    Tally tally = Tally.of("c", 11);
    for (int i = 0; i < 300; i++) {
      TallyTest.addRecord(tally, i);
    }
    Random random = new Random(1);
    int refused = 0;
    for (int trial = 0; trial < 3000; trial++) {
      byte[] bytes = tally.toBytes();
      bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt(256);
      try {
        Tally.fromBytes(bytes);
      } catch (IOException e) {
        refused++;
        assertTrue(e.getMessage().startsWith("a damaged tally ("), e::getMessage);
      }
    }
    assertTrue(refused > 100, "only " + refused + " refused");
  }

  /** A few hundred kilobytes that represent all four billion record numbers, five times. */
  @Test
  void rejectsABitmapOfAllNumbersQuickly() throws IOException {
    RoaringBitmap all = RoaringBitmap.bitmapOfRange(0, 1L << 32);
    all.runOptimize();
    ByteArrayOutputStream bitmap = new ByteArrayOutputStream();
    all.serialize(new DataOutputStream(bitmap));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeRawByte((byte) 2);
    out.writeStringNoTag("c");
    out.writeUInt32NoTag(2);
    for (int i = 0; i < 5; i++) {
      out.writeByteArrayNoTag(bitmap.toByteArray());
    }
    out.flush();
    byte[] hostile = bytes.toByteArray();

    IOException refused =
        assertTimeoutPreemptively(
            Duration.ofSeconds(30),
            () -> assertThrows(IOException.class, () -> Tally.fromBytes(hostile)));

    assertTrue(refused.getMessage().startsWith("a damaged tally ("), refused::getMessage);
  }

  /** Two classes of 2^63 images each add up, in 64 bits, to those that were seen. */
  @Test
  void rejectsClassTotalsThatOverflow() {
    Tally tally = Tally.of("c", 2);
    tally.add(0, 0, new float[] {1, 0}, 0);
    String hex = HexFormat.of().formatHex(tally.toBytes());
    String sound = "01010000" + "00"; // one of one correct, none of the other class; no mistakes
    String end = "ffffffffffffffff7f";
    assertTrue(hex.contains(sound));
    for (String totals : new String[] {end + "01" + end + "00" + "00", "01010180808080080000"}) {
      byte[] hostile = HexFormat.of().parseHex(hex.replace(sound, totals));
      assertThrows(IOException.class, () -> Tally.fromBytes(hostile), totals);
    }
  }

  @Test
  void rejectsCalibrationOfOtherImages() {
    Tally tally = Tally.of("c", 2);
    tally.add(0, 0, new float[] {0, 0}, 0);
    String hex = HexFormat.of().formatHex(tally.toBytes());
    String sound = "01018080808008"; // one image, correct, with confidence 1/2
    assertTrue(hex.contains(sound));
    for (String bin : new String[] {"02018080808008", "01028080808008", "01018180808010"}) {
      byte[] hostile = HexFormat.of().parseHex(hex.replace(sound, bin));
      assertThrows(IOException.class, () -> Tally.fromBytes(hostile), bin);
    }
  }

  @Test
  void rejectsMoreClassesThanBytes() {
    // Version, name "c", 2^20 classes, then nothing: within the limit, but not backed by bytes.
    byte[] hostile = {2, 1, 'c', (byte) 0x80, (byte) 0x80, 0x40};
    assertThrows(IOException.class, () -> Tally.fromBytes(hostile));
    byte[] beyond = {2, 1, 'c', (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07};
    IOException refused = assertThrows(IOException.class, () -> Tally.fromBytes(beyond));
    assertTrue(refused.getMessage().contains("classes"), refused::getMessage);
  }
}
