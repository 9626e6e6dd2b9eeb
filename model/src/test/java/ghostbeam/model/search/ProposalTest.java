package ghostbeam.model.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Outline;
import ghostbeam.model.network.Preset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ProposalTest {
  private static final int STARTS = 1000;
  private static final int PLAIN = 280;
  private static final int STAGES = 6;

  /** Width and depth of each stage, the resolution, and all in proportion. */
  private static final int WAYS = 2 * STAGES + 2;

  private static Dimensions bignet(int side) {
    return Dimensions.of(Preset.BIGNET_1X.architecture(1000).withInputSize(side));
  }

  @ParameterizedTest
  @EnumSource(
      value = Preset.class,
      names = {"BIGNET_1X", "S_GHOSTNET_B1", "S_GHOSTNET_B4", "S_GHOSTNET_LARGE"})
  void readsTheSizesOfAPreset(Preset preset) {
    Dimensions sizes = Dimensions.of(preset.architecture(10));
    assertEquals(preset.architecture(7).stages(), sizes.architecture(7).stages(), sizes.toString());
    assertEquals(Outline.of(preset.architecture(7)).multiplyAdds(), new Budget(1, 7).cost(sizes));
  }

  @Test
  void refusesNetworksWithoutSuchStages() {
    String told =
        assertThrows(
                IllegalArgumentException.class,
                () -> Dimensions.of(Preset.GHOSTNET_1X.architecture(10)))
            .getMessage();
    assertTrue(told.startsWith("ghostnet-1x is not made of six stages"), told);
  }

  @Test
  void aStepFromBignetHasItsStagesAndTheResolutionToChooseFrom() {
    Dimensions start = bignet(64);
    long first = Outline.of(start.architecture(1000)).multiplyAdds();
    Budget budget = Budget.steps(start, 1000, Math.round(1.6 * first), 1).get(0);
    List<Proposal> possible =
        Proposal.all(start, budget).stream().filter(p -> p.obstacle().isEmpty()).toList();
    List<String> names = possible.stream().map(p -> p.growth().title()).toList();
    assertTrue(possible.size() >= 10, names.toString());
    assertTrue(names.contains("resolution"), names.toString());
    for (Proposal proposal : possible) {
      assertEquals(
          Outline.of(proposal.network().architecture(1000)).multiplyAdds(),
          proposal.multiplyAdds());
    }
  }

  @Test
  void budgetsGrowByOneFactorToTheGoal() {
    Dimensions start = bignet(64);
    long first = new Budget(1, 10).cost(start);
    List<Budget> steps = Budget.steps(start, 10, 8 * first, 3);
    assertEquals(
        List.of(2 * first, 4 * first, 8 * first),
        steps.stream().map(Budget::multiplyAdds).toList());
    String told =
        assertThrows(IllegalArgumentException.class, () -> Budget.steps(start, 10, first, 3))
            .getMessage();
    assertTrue(told.contains("multiply-adds already"), told);
  }

  /** So small a step that a block more, or eight pixels, would be too much. */
  @Test
  void givesTheReasonWhyAProposalIsNoCandidate() {
    Dimensions start = bignet(64);
    long first = new Budget(1, 10).cost(start);
    Proposal larger = Proposal.of(new Growth.Resolution(), start, new Budget(first * 11 / 10, 10));
    String told = larger.obstacle().orElseThrow();
    assertTrue(
        told.matches(
            "the nearest such network has [\\d,]+ multiply-adds, \\d+[.]\\d % more than the step's"
                + " [\\d,]+"),
        told);
  }

  @Test
  void aBudgetThatNoNetworkHasIsAnObstacle() {
    Budget budget = new Budget(Long.MAX_VALUE / 2, 10);
    List<Growth> ways = new ArrayList<>(Growth.all(bignet(64)));
    ways.add(new Growth.Uniform());
    for (Growth growth : ways) {
      String told = Proposal.of(growth, bignet(64), budget).obstacle().orElseThrow();
      assertTrue(told.contains(" less than the step's "), told);
    }
  }

  /** Random starts: proposals have the step's cost, and enlarge only what they say. */
  @Test
  void proposalsKeepToCostAndBounds() {
    int possible =
        IntStream.range(0, STARTS)
            .parallel()
            .map(seed -> requireSound(seed, seed % WAYS, false) ? 1 : 0)
            .sum();
    assertTrue(possible > 0.6 * STARTS, possible + " of " + STARTS + " are candidates");
  }

  /** The same for every way of growth of each start; a network is also built of each. */
  @Test
  @Tag("soak")
  void allProposalsOfAThousandStartsKeepToCostAndBounds() {
    long possible =
        IntStream.range(0, STARTS)
            .parallel()
            .mapToLong(
                seed ->
                    IntStream.range(0, WAYS).filter(way -> requireSound(seed, way, true)).count())
            .sum();
    assertTrue(possible > 0.6 * STARTS * WAYS, possible + " are candidates");
  }

  /** Checks one way of growth of a start; whether it is a candidate. */
  private static boolean requireSound(int seed, int way, boolean builds) {
    Random random = new Random(seed);
    Dimensions start = start(random);
    int classes = random.nextInt(2, 200);
    long goal = (long) (new Budget(1, classes).cost(start) * (1.2 + 2 * random.nextDouble()));
    Budget budget = Budget.steps(start, classes, goal, 1).get(0);
    List<Growth> ways = Growth.all(start);
    assertEquals(WAYS, ways.size() + 1);
    Growth growth = way < ways.size() ? ways.get(way) : new Growth.Uniform();
    Proposal proposal = Proposal.of(growth, start, budget);
    requireSound(proposal, start, budget);
    if (builds) {
      Architecture network = proposal.network().architecture(classes);
      assertEquals(proposal.network(), Dimensions.of(network));
      assertEquals(Outline.of(network).multiplyAdds(), proposal.multiplyAdds(), proposal::toString);
    }
    if (way < ways.size()) {
      Dimensions further = growth.nearest(start, new Budget(goal * 5 / 4, classes));
      assertTrue(
          size(growth, further) >= size(growth, proposal.network()),
          () -> proposal + " is larger than " + further);
    }
    return proposal.obstacle().isEmpty();
  }

  private static void requireSound(Proposal proposal, Dimensions start, Budget budget) {
    Dimensions network = proposal.network();
    String told = start + " to " + budget + ": " + proposal;
    long off = Math.abs(proposal.multiplyAdds() - budget.multiplyAdds());
    assertEquals(proposal.obstacle().isEmpty(), 100 * off <= 3 * budget.multiplyAdds(), told);
    assertEquals(start.large(), network.large(), told);
    assertTrue(network.inputSize() >= start.inputSize(), told);
    boolean sides = proposal.growth() instanceof Growth.Resolution;
    boolean everything = proposal.growth() instanceof Growth.Uniform;
    assertTrue(sides || everything || network.inputSize() == start.inputSize(), told);
    assertEquals(0, (network.inputSize() - start.inputSize()) % 8, told);
    for (int stage = 0; stage < STAGES; stage++) {
      int wider = network.channels().get(stage) - start.channels().get(stage);
      int deeper = network.layers().get(stage) - start.layers().get(stage);
      assertTrue(wider >= 0 && wider % 4 == 0 && deeper >= 0, told);
      boolean own =
          proposal.growth().equals(new Growth.Depth(stage))
              || proposal.growth().equals(new Growth.Width(stage));
      assertTrue(deeper == 0 || everything || own, told);
      assertFalse(proposal.growth() instanceof Growth.Width && !own && wider > 0, told);
    }
    if (!everything) {
      assertTrue(size(proposal.growth(), network) > size(proposal.growth(), start), told);
    }
  }

  private static Dimensions start(Random random) {
    return new Dimensions(
        random.ints(STAGES, 1, 4).boxed().toList(),
        random.ints(STAGES, 1, 40).mapToObj(n -> 4 * n).toList(),
        random.nextBoolean(),
        random.nextInt(16, 130));
  }

  /** Random starts: a plain search, one small step at a time, finds the same networks. */
  @Test
  void proposalsAreWhatOneFindsStepByStep() {
    long filledByAll =
        IntStream.range(0, PLAIN)
            .parallel()
            .filter(
                seed -> {
                  Random random = new Random(seed);
                  Dimensions start = start(random);
                  long cost = new Budget(1, 10).cost(start);
                  Budget budget = new Budget((long) (cost * (1.2 + 2 * random.nextDouble())), 10);
                  List<Growth> ways = Growth.all(start);
                  int way = seed % (ways.size() + 1);
                  Growth growth = way < ways.size() ? ways.get(way) : new Growth.Uniform();
                  Dimensions plain = SmallSteps.nearest(growth, start, budget);
                  assertEquals(
                      plain, Proposal.of(growth, start, budget).network(), start + " " + budget);
                  return growth instanceof Growth.Depth depth
                      && !plain.equals(
                          start
                              .withLayers(plain.layers())
                              .withChannels(depth.stage(), plain.channels().get(depth.stage())));
                })
            .count();
    assertTrue(filledByAll > 0, "no stage was too coarse to fill a step by itself");
  }

  /** Of what a way enlarges. */
  private static int size(Growth growth, Dimensions network) {
    if (growth instanceof Growth.Width width) {
      return network.channels().get(width.stage());
    }
    return growth instanceof Growth.Depth depth
        ? network.layers().get(depth.stage())
        : network.inputSize();
  }
}
