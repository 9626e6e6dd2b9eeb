package ghostbeam.model.scoring;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How often a network is right at a given confidence: {@value #BINS} bins of equal width over the
 * confidence, each closed at its upper end (Guo et al. 2017). Confidences are summed as integer
 * multiples of 2⁻³², so that sums do not depend on the order.
 */
final class Calibration {
  private static final int BINS = 15;
  private static final double UNIT = 0x1p32;

  private final long[] counts = new long[BINS];
  private final long[] correct = new long[BINS];
  private final long[] confidence = new long[BINS];

  void add(double probability, boolean hit) {
    int bin = (int) Math.ceil(probability * BINS) - 1;
    counts[bin]++;
    correct[bin] += hit ? 1 : 0;
    confidence[bin] = Math.addExact(confidence[bin], Math.round(probability * UNIT));
  }

  void merge(Calibration other) {
    for (int bin = 0; bin < BINS; bin++) {
      counts[bin] += other.counts[bin];
      correct[bin] += other.correct[bin];
      confidence[bin] = Math.addExact(confidence[bin], other.confidence[bin]);
    }
  }

  /**
   * Expected calibration error: the mean distance between accuracy and confidence, weighted by
   * count; NaN without images.
   */
  double expectedError() {
    double distance = 0;
    for (int bin = 0; bin < BINS; bin++) {
      distance += Math.abs(correct[bin] - confidence[bin] / UNIT);
    }
    return distance / images();
  }

  long images() {
    return Arrays.stream(counts).sum();
  }

  List<Tally.Bin> bins() {
    return IntStream.range(0, BINS)
        .mapToObj(bin -> new Tally.Bin(counts[bin], correct[bin], confidence[bin] / UNIT))
        .toList();
  }

  void write(CodedOutputStream out) throws IOException {
    for (int bin = 0; bin < BINS; bin++) {
      out.writeUInt64NoTag(counts[bin]);
      out.writeUInt64NoTag(correct[bin]);
      out.writeUInt64NoTag(confidence[bin]);
    }
  }

  void read(CodedInputStream in) throws IOException {
    for (int bin = 0; bin < BINS; bin++) {
      counts[bin] = in.readUInt64();
      correct[bin] = in.readUInt64();
      confidence[bin] = in.readUInt64();
      boolean possible =
          counts[bin] >= 0
              && counts[bin] <= Integer.MAX_VALUE
              && correct[bin] >= 0
              && correct[bin] <= counts[bin]
              && confidence[bin] >= 0
              && confidence[bin] <= counts[bin] << 32;
      if (!possible) {
        throw new IOException(correct[bin] + " right of " + counts[bin] + " in a calibration bin");
      }
    }
  }
}
