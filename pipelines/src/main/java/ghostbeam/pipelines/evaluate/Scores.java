package ghostbeam.pipelines.evaluate;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.scoring.Defeat;
import ghostbeam.model.scoring.Race;
import ghostbeam.model.scoring.Tally;
import ghostbeam.transforms.evaluation.Candidate;
import ghostbeam.transforms.evaluation.RecordRange;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.roaringbitmap.RoaringBitmap;

/**
 * The candidates' scores.
 *
 * @param tallies by candidate name: of all records, or of the first ones if it was dropped
 * @param defeats why candidates were dropped, by name
 */
record Scores(Map<String, Tally> tallies, Map<String, Defeat> defeats) {

  /**
   * Checks by their labels that the records are those the manifest describes. Each pass checks the
   * bytes of shards that it reads whole, but a race's rounds split some.
   *
   * @throws IOException naming a class with more or fewer records than the manifest counts
   */
  void requireLabelsOf(Manifest manifest) throws IOException {
    for (Tally tally : tallies.values()) {
      for (int label = 0; label < tally.classes(); label++) {
        long found = tally.ofClass(label).total();
        long counted = manifest.labelCounts().get(label);
        if (tally.records() == manifest.records() && found != counted) {
          throw new IOException(
              "%d records of class %s were read, the manifest counts %d: a shard of split %s is not"
                      .formatted(found, manifest.classes().get(label), counted, manifest.split())
                  + " the one that was written, such as a copy of another; restore it or preprocess"
                  + " again");
        }
      }
    }
  }

  /** Scores all candidates on all records. */
  static Scores exact(Passes passes, List<Candidate> candidates, long records) throws IOException {
    return new Scores(passes.score(candidates, new RecordRange(0, records)), Map.of());
  }

  /**
   * Scores by a {@link Race}: round by round, in record order, which is random, until a candidate
   * is beaten or all records are scored.
   *
   * @param kept names of candidates that are never dropped
   * @param out gets a line after each round
   */
  static Scores race(
      Passes passes,
      List<Candidate> candidates,
      long records,
      Collection<String> kept,
      PrintStream out)
      throws IOException {
    Race race = new Race(candidates.size());
    List<Candidate> racing = new ArrayList<>(candidates);
    Map<String, Tally> tallies = new LinkedHashMap<>();
    Map<String, Defeat> defeats = new TreeMap<>();
    long scored = 0;
    long from = 0;
    for (long look : Race.looks(records)) {
      // A single survivor is scored in one last round. Other rounds end at a batch boundary: bf16
      // and modules may depend on the batch in the last digits, so batches must be those of a pass.
      long to = racing.size() == 1 ? records : Math.min(records, passes.wholeBatches(look));
      if (to == from) {
        continue;
      }
      passes
          .score(racing, new RecordRange(from, to))
          .forEach((name, tally) -> tallies.merge(name, tally, Tally::plus));
      scored += racing.size() * (to - from);
      from = to;
      if (from == records) {
        break;
      }
      Map<String, RoaringBitmap> hits =
          racing.stream()
              .collect(Collectors.toMap(Candidate::name, c -> tallies.get(c.name()).top1Records()));
      Map<String, Defeat> beaten = race.beaten(hits, kept);
      defeats.putAll(beaten);
      racing.removeIf(candidate -> beaten.containsKey(candidate.name()));
      out.printf(
          "After %d of %d records %d of %d checkpoints are left%n",
          from, records, racing.size(), candidates.size());
    }
    out.printf(
        "The race took %.1f %% of the work of scoring all on every record%n",
        100.0 * scored / candidates.size() / records);
    return new Scores(tallies, defeats);
  }
}
