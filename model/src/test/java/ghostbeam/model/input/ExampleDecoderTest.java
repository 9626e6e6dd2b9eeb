package ghostbeam.model.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.record.Example;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleDecoderTest {
  private static final ExampleDecoder SOURCE = new ExampleDecoder(Codec.best());

  private static Example raw(int bytes, int width, int height) {
    return new Example(new byte[bytes], "RAW", width, height, 3, "RGB", 0, "n1", "a", "", "");
  }

  @Test
  void acceptsRawPixelsInColourAndGrey() throws Exception {
    assertEquals(2, SOURCE.decode(raw(18, 2, 3)).width());
    assertArrayEquals(new byte[18], SOURCE.decode(raw(6, 2, 3)).rgb());
  }

  /** Sizes whose product, or three times it, overflows an int. */
  @ParameterizedTest
  @CsvSource({
    "0,0,0",
    "0,0,5",
    "4,2,3",
    "0,65536,65536",
    "0,2147483647,2147483647",
    "2,1431655766,1",
    "8,1073741824,4"
  })
  void rejectsRawPixelsOfAnotherSize(int bytes, int width, int height) {
    String said =
        assertThrows(
                UndecodableImageException.class, () -> SOURCE.decode(raw(bytes, width, height)))
            .getMessage();
    assertEquals(bytes + " bytes are not a raw image of " + width + "×" + height, said);
  }
}
