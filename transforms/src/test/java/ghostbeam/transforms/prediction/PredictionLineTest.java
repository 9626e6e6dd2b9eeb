package ghostbeam.transforms.prediction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.model.dataset.LabelMapping;
import ghostbeam.model.record.Example;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PredictionLineTest {

  @Test
  void topFiveMatchAFullSortAndSoftmax() {
    Random random = new Random(1);
    List<String> names = IntStream.range(0, 40).mapToObj(i -> "n" + i).toList();
    LabelMapping labels = LabelMapping.of(names, names);
    for (int trial = 0; trial < 200; trial++) {
      float[] logits = new float[43];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = random.nextInt(12) - 6; // many ties
      }
      double sum = IntStream.range(3, 43).mapToDouble(i -> Math.exp(logits[i])).sum();
      StringBuilder expected = new StringBuilder();
      IntStream.range(0, 40)
          .boxed()
          .sorted(Comparator.comparing(i -> -logits[3 + i]))
          .limit(5)
          .forEach(
              i ->
                  expected.append(
                      String.format(Locale.ROOT, ",n%d,%.6f", i, Math.exp(logits[3 + i]) / sum)));
      assertEquals(expected + "\n", end(logits, 3, labels));
    }
  }

  @Test
  void fewClassesOrNonFiniteLogitsLeaveCellsEmpty() {
    LabelMapping two = LabelMapping.of(List.of("a", "b"), List.of("a", "b"));
    assertEquals(",b,1.000000,a,0.000000,,,,,,\n", end(new float[] {0, 90}, 0, two));
    assertEquals(",a,0.500000,b,0.500000,,,,,,\n", end(new float[] {7, 7}, 0, two));
    assertEquals(",,,,,,,,,,\n", end(new float[] {Float.NaN, 1}, 0, two));
    assertEquals(",,,,,,,,,,\n", end(new float[] {1, Float.POSITIVE_INFINITY}, 0, two));
    assertEquals(13, PredictionLine.HEADER.split(",", -1).length);
  }

  @Test
  void namesWithCsvSeparatorsAreQuoted() {
    LabelMapping labels = LabelMapping.of(List.of("a,b", "say \"c\""), List.of("a,b", "say \"c\""));
    Example example =
        new Example(new byte[0], "JPEG", 1, 1, 3, "RGB", 1, "say \"c\"", "x,y.JPEG", "", "");
    assertEquals("7,\"say \"\"c\"\"/x,y.JPEG\",", PredictionLine.head(7, example));
    Example bare = new Example(new byte[0], "JPEG", 1, 1, 3, "RGB", 0, "", "x.JPEG", "", "");
    assertEquals("0,x.JPEG,", PredictionLine.head(0, bare));
    assertEquals("\"a,b\"", label(0, labels));
    assertEquals(
        ",\"a,b\",0.880797,\"say \"\"c\"\"\",0.119203,,,,,,\n", end(new float[] {2, 0}, 0, labels));
  }

  @Test
  void labelsUseTheNetworksNames() {
    List<String> numbers = List.of("0", "1");
    List<String> names = List.of("cat", "dog");
    assertEquals("dog", label(1, LabelMapping.of(numbers, names)));
    assertEquals("dog", label(1, LabelMapping.of(names, numbers)));
    assertEquals("dog", label(0, LabelMapping.of(List.of("dog"), names)));
  }

  private static String label(int label, LabelMapping labels) {
    StringBuilder line = new StringBuilder();
    PredictionLine.addLabel(line, label, labels);
    return line.toString();
  }

  private static String end(float[] logits, int offset, LabelMapping labels) {
    StringBuilder line = new StringBuilder();
    PredictionLine.end(line, logits, offset, labels);
    return line.toString();
  }
}
