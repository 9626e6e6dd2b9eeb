package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfusionTest {
  private static final int CLASSES = 11;
  private static final int NOT_THERE = -7;

  /** Queried before anything has sorted them, alone and merged with others. */
  @ParameterizedTest
  @CsvSource({"1, 0", "2, 1", "3, 2", "7, 3", "14, 4", "14, 5", "20, 6", "500, 7"})
  void findsWrongAnswersAddedInAnyOrder(int size, long seed) throws IOException {
    List<Integer> ascending = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      ascending.add(3 * i);
    }
    byte[] bytes = bytes(wrong(ascending));
    List<Integer> descending = new ArrayList<>(ascending);
    Collections.reverse(descending);
    List<Integer> shuffled = new ArrayList<>(ascending);
    Collections.shuffle(shuffled, new Random(seed));
    for (List<Integer> records : List.of(ascending, descending, shuffled)) {
      assertAnswers(wrong(records), records);
      assertEquals(mistakes(ascending), wrong(records).mistakes());
      List<Integer> left = records.subList(0, size / 2);
      List<Integer> right = records.subList(size / 2, size);
      assertAnswers(merged(wrong(left), wrong(right)), records);
      assertEquals(mistakes(ascending), merged(wrong(left), wrong(right)).mistakes());
      Confusion asked = wrong(left);
      assertAnswers(asked, left);
      assertAnswers(merged(asked, wrong(right)), records);
      assertArrayEquals(bytes, bytes(asked));
      assertArrayEquals(bytes, bytes(merged(wrong(left), wrong(right))));
    }
  }

  /** Images of class 0, each misclassified as a class derived from its record number. */
  private static Confusion wrong(List<Integer> records) {
    Confusion confusion = new Confusion(CLASSES);
    records.forEach(record -> confusion.add(record, 0, predicted(record)));
    return confusion;
  }

  private static int predicted(int record) {
    return 1 + record % (CLASSES - 1);
  }

  private static Confusion merged(Confusion left, Confusion right) {
    left.merge(right);
    return left;
  }

  private static void assertAnswers(Confusion confusion, List<Integer> records) {
    for (int record : records) {
      assertEquals(predicted(record), confusion.predicted(record, NOT_THERE), records::toString);
      assertEquals(NOT_THERE, confusion.predicted(record + 1, NOT_THERE));
    }
  }

  private static List<Tally.Mistake> mistakes(List<Integer> records) {
    return records.stream().map(record -> new Tally.Mistake(record, 0, predicted(record))).toList();
  }

  private static byte[] bytes(Confusion confusion) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    confusion.write(out);
    out.flush();
    return bytes.toByteArray();
  }

  @Test
  void roundTrips() throws IOException {
    Confusion confusion = wrong(List.of(9, 0, 4));
    confusion.add(1, 0, 0);
    confusion.add(2, 5, Prediction.NONE);
    confusion.add(3, CLASSES - 1, CLASSES - 2);
    Confusion read = new Confusion(CLASSES);
    read.read(CodedInputStream.newInstance(bytes(confusion)));
    assertArrayEquals(bytes(confusion), bytes(read));
    assertEquals(confusion.mistakes(), read.mistakes());
    assertArrayEquals(confusion.counts(), read.counts());
    assertEquals(1, read.correct(0));
    assertEquals(4, read.total(0));
    assertEquals(6, read.images());
    assertEquals(CLASSES - 2, read.predicted(3, NOT_THERE));
    assertEquals(NOT_THERE, read.predicted(2, NOT_THERE));
  }

  /** With two classes: a duplicate record, a third class, more mistakes than wrong answers. */
  @ParameterizedTest
  @ValueSource(strings = {"0001 0001", "0001 0104", "0001 0101 0101"})
  void rejectsInvalidMistakes(String mistakes) throws IOException {
    String images = "0200 0000"; // two images of class 0, none correct; none of class 1
    byte[] sound = bytes(images + "02" + "0001 0101");
    new Confusion(2).read(CodedInputStream.newInstance(sound));
    int count = mistakes.split(" ", -1).length;
    byte[] hostile = bytes(images + "0" + count + mistakes);
    IOException refused =
        assertThrows(
            IOException.class, () -> new Confusion(2).read(CodedInputStream.newInstance(hostile)));
    assertTrue(refused.getMessage().matches(".*(order|beyond|among).*"), refused::getMessage);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
