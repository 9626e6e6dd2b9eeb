package ghostbeam.pipelines.average;

import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.evaluate.ExactScores;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses which checkpoints to average, as a greedy soup (Wortsman et al., "Model soups", ICML
 * 2022): the best one, then each of the others, best first, if the mean with it gets no fewer
 * images right.
 *
 * @param scratch folder for the means tried
 * @param out receives a line per checkpoint: kept or left out, and why
 */
record Greedy(Storage storage, ExactScores scores, String scratch, PrintStream out) {
  /** The order of the leaderboard. */
  private static final Comparator<Scored> BEST_FIRST =
      by(Metric.TOP1)
          .thenComparing(by(Metric.TOP5))
          .thenComparing(by(Metric.LOSS))
          .thenComparing(scored -> scored.part.name());

  /** A checkpoint and its own tally. */
  private record Scored(Part part, Tally tally) {}

  /** A mean and its number of Top-1 hits. */
  record Choice(Mean mean, long correct) {}

  private static Comparator<Scored> by(Metric metric) {
    return Comparator.comparing(scored -> metric.of(scored.tally), metric.bestFirst());
  }

  Choice choose(List<Part> parts) throws IOException {
    List<Scored> ranked = ranked(parts);
    long correct = ranked.get(0).tally.top1().correct();
    Mean mean = Mean.of(storage, ranked.get(0).part);
    print(ranked.get(0), "the best alone: kept");
    for (Scored next : ranked.subList(1, ranked.size())) {
      Mean wider = mean.plus(storage, next.part);
      String file = Storage.resolve(scratch, "of-%d.safetensors".formatted(wider.parts().size()));
      wider.write(storage, file, null);
      long hits = scores.of(List.of(file)).get(0).top1().correct();
      boolean kept = hits >= correct;
      print(
          next,
          "%d with it and %d without: %s".formatted(hits, correct, kept ? "kept" : "left out"));
      if (kept) {
        mean = wider;
        correct = hits;
      }
    }
    return new Choice(mean, correct);
  }

  private List<Scored> ranked(List<Part> parts) throws IOException {
    List<Tally> tallies = scores.of(parts.stream().map(Part::path).toList());
    List<Scored> ranked = new ArrayList<>();
    for (int i = 0; i < tallies.size(); i++) {
      ranked.add(new Scored(parts.get(i), tallies.get(i)));
    }
    ranked.sort(BEST_FIRST);
    return ranked;
  }

  private void print(Scored one, String verdict) {
    out.printf(
        "%s: %d of %d right, %s%n",
        one.part.name(), one.tally.top1().correct(), scores.manifest().records(), verdict);
  }
}
