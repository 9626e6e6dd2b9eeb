package ghostbeam.transforms.evaluation;

import ghostbeam.model.scoring.Tally;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.transforms.Combine.CombineFn;

/**
 * Merges one checkpoint's tallies of disjoint records; a record in two of them fails the job with
 * its number.
 */
public final class TallyFn extends CombineFn<Tally, Tally, Tally> {

  @Override
  public Tally createAccumulator() {
    return Tally.empty();
  }

  @Override
  public Tally addInput(Tally accumulator, Tally input) {
    return accumulator.plus(input);
  }

  @Override
  public Tally mergeAccumulators(Iterable<Tally> accumulators) {
    Tally sum = Tally.empty();
    for (Tally accumulator : accumulators) {
      sum = sum.plus(accumulator);
    }
    return sum;
  }

  @Override
  public Tally extractOutput(Tally accumulator) {
    return accumulator;
  }

  @Override
  public Coder<Tally> getAccumulatorCoder(CoderRegistry registry, Coder<Tally> inputCoder) {
    return TallyCoder.of();
  }
}
