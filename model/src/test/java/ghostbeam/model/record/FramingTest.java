package ghostbeam.model.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FramingTest {
  /** CRC-32C's check value is e3069283; the mask is TensorFlow's (crc >>> 15 | crc << 17) + δ. */
  @Test
  void masksTheCheckValueOfCrc32c() {
    byte[] check = "123456789".getBytes(StandardCharsets.US_ASCII);
    int crc = 0xe3069283;

    assertEquals((crc >>> 15 | crc << 17) + 0xa282ead8, Framing.maskedCrc(check, 0, check.length));
  }

  /** An empty record has only the mask: the CRC of no bytes is zero. */
  @Test
  void framesLengthThenBytesLittleEndian() {
    String empty = hex(framed(new byte[0]));
    String three = hex(framed(new byte[] {1, 2, 3}));

    assertEquals("0000000000000000", empty.substring(0, 16));
    assertEquals("d8ea82a2", empty.substring(24));
    assertEquals("0300000000000000", three.substring(0, 16));
    assertEquals("010203", three.substring(24, 30));
    assertEquals(2 * (16 + 3), three.length());
  }

  @Test
  void detectsEveryFlippedBit() {
    byte[] data = "some record".getBytes(StandardCharsets.US_ASCII);
    byte[] framed = framed(data);
    assertEquals(Optional.empty(), Framing.fault(framed));
    assertArrayEquals(data, Framing.unframe(framed));

    for (int bit = 0; bit < framed.length * 8; bit++) {
      byte[] damaged = framed.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertTrue(Framing.fault(damaged).isPresent(), "bit " + bit);
    }
  }

  private static byte[] framed(byte[] data) {
    byte[] framed = new byte[data.length + Framing.OVERHEAD];
    System.arraycopy(data, 0, framed, Framing.HEADER, data.length);
    Framing.frame(framed);
    return framed;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
