package ghostbeam.model.augmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.golden.Golden;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Predetermined random numbers, and reference results for them; the files come from
 * sample/python/make_draws.py.
 */
final class Draws implements RandomGenerator {
  static final JsonNode GOLDEN = Golden.read("augmentation/draws.json");

  private final double[] draws;
  private int next;
  private int normals;

  Draws(double... draws) {
    this.draws = draws;
  }

  static Draws of(JsonNode row) {
    return new Draws(doubles(row.get("draws")));
  }

  static double[] doubles(JsonNode list) {
    double[] values = new double[list.size()];
    Arrays.setAll(values, i -> list.get(i).asDouble());
    return values;
  }

  static float[] floats(JsonNode list) {
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) list.get(i).asDouble();
    }
    return values;
  }

  /** Normalised images of the given number of floats. */
  static FloatBuffer images(int seed, int floats) {
    FloatBuffer images = FloatBuffer.allocate(floats);
    for (int i = 0; i < floats; i++) {
      images.put((float) (2 * Golden.unit(seed, i)));
    }
    return images.flip();
  }

  @Override
  public double nextDouble() {
    return draws[next++];
  }

  @Override
  public int nextInt(int bound) {
    return (int) (nextDouble() * bound);
  }

  @Override
  public boolean nextBoolean() {
    return nextDouble() < 0.5;
  }

  @Override
  public double nextGaussian() {
    return 3 * Golden.unit(9, normals++);
  }

  @Override
  public long nextLong() {
    throw new UnsupportedOperationException("no augmentation draws whole numbers of 64 bits");
  }

  void assertSpent() {
    assertEquals(draws.length, next);
  }

  /** Compares values with a file's reference distribution of a million values. */
  static void assertDistributed(String of, double[] values) {
    for (JsonNode row : GOLDEN.get("distributions")) {
      if (row.get("of").asText().equals(of)) {
        double[] edges = doubles(row.get("upTo"));
        int[] counts = new int[edges.length + 1];
        for (double value : values) {
          counts[(int) Arrays.stream(edges).filter(edge -> edge < value).count()]++;
        }
        assertCounts(of, counts, doubles(row.get("probabilities")));
        return;
      }
    }
    throw new AssertionError("no distribution of " + of);
  }

  /** Fails where χ² is at least five standard deviations above its mean. */
  static void assertCounts(String of, int[] counts, double[] probabilities) {
    double all = Arrays.stream(counts).sum();
    double chiSquare = 0;
    for (int i = 0; i < counts.length; i++) {
      double expected = all * probabilities[i];
      chiSquare += Math.pow(counts[i] - expected, 2) / expected;
    }
    double freedom = counts.length - 1;
    double value = chiSquare;
    assertTrue(
        value < freedom + 5 * Math.sqrt(2 * freedom),
        () -> of + ": " + value + " of " + Arrays.toString(counts));
  }
}
