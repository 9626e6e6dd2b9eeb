package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.LabelMapping;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A network that knows more classes than the data has, as on ImageNet-R and -A. */
class InDatasetTest {
  private static final int RECORDS = 200;

  @Test
  void bothTop1sMatchAnIndependentCount() {
    for (int known : List.of(10, 1000)) {
      int had = known == 10 ? 4 : 200;
      Random random = new Random(known);
      List<String> network = names(known, random);
      List<String> data = names(known, random).subList(0, had);
      Map<String, Integer> index = new HashMap<>();
      network.forEach(name -> index.put(name, index.size()));
      LabelMapping labels = LabelMapping.of(data, network);
      Tally tally = Tally.of("c", labels);
      int all = 0;
      int five = 0;
      int masked = 0;
      for (int record = 0; record < RECORDS; record++) {
        int label = random.nextInt(had);
        float[] logits = logits(random, known);
        logits[index.get(data.get(label))] += 3;
        List<String> ranking = new ArrayList<>(network);
        ranking.sort(Comparator.comparing(name -> -logits[index.get(name)]));
        String truth = data.get(label);
        all += ranking.get(0).equals(truth) ? 1 : 0;
        five += ranking.subList(0, 5).contains(truth) ? 1 : 0;
        ranking.retainAll(data);
        masked += ranking.get(0).equals(truth) ? 1 : 0;
        tally.add(record, label, logits, 0, labels);
      }
      assertEquals(new Proportion(all, RECORDS), tally.top1());
      assertEquals(new Proportion(five, RECORDS), tally.top5());
      assertEquals(new Proportion(masked, RECORDS), tally.top1InDataset());
      assertEquals(Fraction.of(tally.top1InDataset()), Metric.TOP1_IN_DATASET.of(tally));
      assertTrue(masked > all, "the mask must matter");
    }
  }

  /** The same answers with permuted logits give the same tally, except for the loss's last bits. */
  @Test
  void aPermutedNetworkHasTheSameScores() {
    Random random = new Random(3);
    List<String> data = names(7, random);
    List<String> network = names(7, random);
    Tally plain = Tally.of("c", 7);
    Tally permuted = Tally.of("c", LabelMapping.of(data, network));
    for (int record = 0; record < RECORDS; record++) {
      float[] logits = logits(random, 7);
      float[] moved = new float[7];
      IntStream.range(0, 7).forEach(i -> moved[network.indexOf(data.get(i))] = logits[i]);
      plain.add(record, record % 7, logits, 0);
      permuted.add(record, record % 7, moved, 0, LabelMapping.of(data, network));
    }
    assertEquals(plain.top1Records(), permuted.top1Records());
    assertEquals(plain.mistakes(), permuted.mistakes());
    assertEquals(plain.loss(), permuted.loss(), 1e-9);
    assertNull(permuted.top1InDataset());
    assertNull(Metric.TOP1_IN_DATASET.of(permuted));
  }

  @Test
  void anAnswerOutsideTheDataIsWrongWithoutAPredictedClass() {
    LabelMapping labels = LabelMapping.of(List.of("a", "b"), List.of("a", "x", "b"));
    Tally tally = Tally.of("c", labels);
    tally.add(0, 0, new float[] {1, 2, 0}, 0, labels);
    tally.add(1, 1, new float[] {1, 0, 0}, 0, labels);
    tally.add(2, 1, new float[] {1, Float.NaN, 2}, 0, labels);
    tally.addUndecodable(3, 1);
    assertEquals(List.of(new Tally.Mistake(1, 1, 0)), tally.mistakes());
    assertEquals(new Proportion(0, 4), tally.top1());
    assertEquals(new Proportion(1, 4), tally.top1InDataset());
    assertEquals(1, tally.notFinite().count());
  }

  /** A tie goes to the lower of the network's indices in both Top-1s, so one includes the other. */
  @Test
  void breaksTiesAlikeInBothTop1s() {
    LabelMapping labels = LabelMapping.of(List.of("a", "b"), List.of("b", "x", "a"));
    Tally tally = Tally.of("c", labels);
    tally.add(0, 1, new float[3], 0, labels);
    tally.add(1, 0, new float[3], 0, labels);
    assertEquals(new Proportion(1, 2), tally.top1());
    assertEquals(new Proportion(1, 2), tally.top1InDataset());
  }

  @Test
  void partsMergeToTheSameBytesAndRoundTrip() throws IOException {
    LabelMapping labels = LabelMapping.of(List.of("a", "b"), List.of("a", "x", "b"));
    Random random = new Random(1);
    Tally whole = Tally.of("c", labels);
    Tally even = Tally.of("c", labels);
    Tally odd = Tally.of("c", labels);
    for (int record = 0; record < 300; record++) {
      float[] logits = logits(random, 3);
      whole.add(record, record % 2, logits, 0, labels);
      (record % 2 == 0 ? even : odd).add(record, record % 2, logits, 0, labels);
    }
    assertEquals(whole, Tally.empty().plus(odd).plus(even));
    assertEquals(whole, Tally.fromBytes(whole.toBytes()));
    assertEquals(whole.top1InDataset(), whole.named("other").top1InDataset());
    byte[] bytes = whole.toBytes();
    assertEquals(3, bytes[0]);
    bytes[0] = 2;
    assertThrows(IOException.class, () -> Tally.fromBytes(bytes));
    assertThrows(
        IllegalArgumentException.class, () -> Tally.of("c", 2).plus(Tally.of("c", labels)));
  }

  /**
   * By hand: of six records, one network gets 0, 1 and 2 right among the data's classes, the other
   * 2 to 5.
   */
  @Test
  void comparesPairsByAnswersAmongTheDatasClasses() {
    LabelMapping labels = LabelMapping.of(List.of("a", "b"), List.of("a", "x", "b"));
    Tally best = Tally.of("best", labels);
    Tally other = Tally.of("other", labels);
    for (int record = 0; record < 6; record++) {
      best.add(record, 0, new float[] {record >= 2 ? 1 : -1, 9, 0}, 0, labels);
      other.add(record, 0, new float[] {record <= 2 ? 1 : -1, 9, 0}, 0, labels);
    }
    Comparison comparison = Comparison.inDataset(best, List.of(other)).get(0);
    assertEquals(2, comparison.onlyThis());
    assertEquals(3, comparison.onlyBest());
    assertEquals(0, Comparison.withBest(best, List.of(other)).get(0).onlyThis());
  }

  private static List<String> names(int count, Random random) {
    List<String> names = new ArrayList<>(IntStream.range(0, count).mapToObj(i -> "n" + i).toList());
    Collections.shuffle(names, random);
    return names;
  }

  private static float[] logits(Random random, int count) {
    float[] logits = new float[count];
    IntStream.range(0, count).forEach(i -> logits[i] = (float) random.nextGaussian());
    return logits;
  }
}
