package ghostbeam.model.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Metadata that programs add to a file does not change its pixels. */
class ExtraChunksTest {
  static Stream<Codec> codecs() {
    return GoldenImages.codecs();
  }

  /** Whatever other chunks there are, and whether their lengths are odd or even. */
  @ParameterizedTest
  @MethodSource("codecs")
  void decodesLosslessWebpWithOtherChunks(Codec codec) throws Exception {
    byte[] file = GoldenImages.oddFile("webp_lossless.JPEG");
    Pixels expected = codec.decode(file);
    int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(16);
    for (int bytes : new int[] {length, length + 1}) {
      ByteBuffer whole = ByteBuffer.allocate(12 + 18 + 8 + bytes + bytes % 2 + 12);
      whole.order(ByteOrder.LITTLE_ENDIAN).put("RIFF".getBytes(US_ASCII));
      whole.putInt(whole.capacity() - 8).put("WEBPVP8X".getBytes(US_ASCII)).putInt(10);
      whole.putInt(4).putInt(expected.width() - 1).position(27);
      whole.putInt(expected.height() - 1).position(30);
      whole.put("VP8L".getBytes(US_ASCII)).putInt(bytes).put(file, 20, length);
      whole.position(38 + bytes + bytes % 2).put("XMP ".getBytes(US_ASCII)).putInt(4);

      assertArrayEquals(expected.rgb(), codec.decode(whole.array()).rgb());
    }
  }

  /** An incomplete profile, or a broken thumbnail, does not affect the colours. */
  @ParameterizedTest
  @MethodSource("codecs")
  void usesOnlyAdobesLastMarkerInCmyk(Codec codec) throws Exception {
    byte[] ycck = GoldenImages.oddFile("jpeg_ycck_adobe.JPEG");
    byte[] expected = codec.decode(ycck).rgb();
    byte[] profile = "ICC_PROFILE\0\2\3junk".getBytes(ISO_8859_1);
    byte[] thumbnail = "JFIF\0\1\1\0\0\1\0\1\377\377x".getBytes(ISO_8859_1);
    byte[] adobe = "Adobe\0\144\0\0\0\0\0".getBytes(ISO_8859_1);

    assertArrayEquals(expected, codec.decode(withSegment(ycck, 0xE2, profile)).rgb());
    assertArrayEquals(expected, codec.decode(withSegment(ycck, 0xE0, thumbnail)).rgb());
    assertArrayEquals(expected, codec.decode(withSegment(ycck, 0xEE, adobe)).rgb());
    byte[] unknown = ycck.clone();
    unknown[new String(ycck, ISO_8859_1).indexOf("Adobe") + 11] = -1; // YCCK, as libjpeg assumes
    assertArrayEquals(expected, codec.decode(unknown).rgb());
  }

  private static byte[] withSegment(byte[] jpeg, int marker, byte[] body) {
    ByteBuffer with = ByteBuffer.allocate(jpeg.length + 4 + body.length);
    with.put(jpeg, 0, 2).put((byte) 0xFF).put((byte) marker).putShort((short) (2 + body.length));
    return with.put(body).put(jpeg, 2, jpeg.length - 2).array();
  }
}
