package ghostbeam.transforms.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

/** Large images are shuffled in pieces, since they would not fit into engines' sort buffers. */
class PlacedRecordTest {
  private static final int MOST = 512 << 10;

  @Test
  void reassemblesImagesOfAnyLength() throws Exception {
    List<PlacedRecord> pieces = new ArrayList<>();
    List<Integer> lengths = List.of(0, 1, MOST - 4096, MOST - 4095, 5 * MOST);
    for (int i = 0; i < lengths.size(); i++) {
      Placement place = Placement.of(7, "file", i, 1);
      byte[] bytes = new byte[lengths.get(i)];
      new Random(i).nextBytes(bytes);
      new PlacedRecord(place, "key" + i, i, "n" + i, i + ".jpg", bytes, "")
          .forEachPiece(pieces::add);
    }
    assertTrue(pieces.stream().allMatch(piece -> piece.bytes().length < MOST));
    List<PlacedRecord> travelled = new ArrayList<>();
    for (PlacedRecord piece : pieces) {
      travelled.add((PlacedRecord) CoderUtils.clone(BlockOutput.BlockOutputCoder.of(), piece));
    }
    Collections.shuffle(travelled, new Random(1));
    travelled.sort(Comparator.comparing(PlacedRecord::place));

    List<List<PlacedRecord>> images = PlacedRecord.images(travelled);

    assertEquals(lengths.size(), images.size());
    for (List<PlacedRecord> image : images) {
      int i = image.get(0).label();
      assertEquals("key" + i, image.get(0).key());
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      for (PlacedRecord piece : image) {
        whole.write(piece.bytes());
      }
      byte[] expected = new byte[lengths.get(i)];
      new Random(i).nextBytes(expected);
      assertArrayEquals(expected, whole.toByteArray());
    }
  }
}
