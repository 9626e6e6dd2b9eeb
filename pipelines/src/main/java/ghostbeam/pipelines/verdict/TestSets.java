package ghostbeam.pipelines.verdict;

import com.fasterxml.jackson.annotation.JsonInclude;
import ghostbeam.model.scoring.Proportion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Checkpoints by test sets. A checkpoint is a file with one preprocessing: scored on several sets,
 * under whatever names, it is one entry, and so are its copies.
 *
 * @param sets in the order given; the first is what the others are compared with
 * @param checkpoints in the order of the first set's ranking, then those that only later sets have
 */
public record TestSets(List<TestSet> sets, List<Entry> checkpoints) {

  /**
   * A test set.
   *
   * @param best name of the entry with the highest Top-1
   * @param bestInDataset the same among the set's classes alone; absent if no checkpoint knows more
   * @param beware warnings of the set's own report, as sentences; absent if there are none
   */
  public record TestSet(
      String name,
      Data dataset,
      String best,
      @JsonInclude(JsonInclude.Include.NON_NULL) String bestInDataset,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> beware) {}

  /** A set's dataset; {@code classes} is their number. */
  public record Data(String uri, String split, String digest, long records, int classes) {}

  /**
   * A checkpoint on all sets.
   *
   * @param name its first name, with its set's name before it if another has the same
   * @param scores by set; null where it was not scored on every record
   */
  public record Entry(
      String name, String digest, Report.Preprocessing preprocessing, List<Score> scores) {
    Row.Identity identity() {
      return new Row.Identity(digest, preprocessing);
    }
  }

  /**
   * A checkpoint on one set.
   *
   * @param top1InDataset absent if it knows no more classes than the set has
   * @param tied not distinguishable from the set's best at 5 %, by McNemar's test after Holm's
   *     correction, as the best itself is not
   * @param tiedInDataset the same among the set's classes alone
   * @param chosenOnThisSplit whether it is a mean of checkpoints that were chosen on this set;
   *     absent if not
   * @param drop of Top-1 over all logits from the first set to this; null for the first, and if it
   *     was not scored on the first
   */
  public record Score(
      Share top1,
      @JsonInclude(JsonInclude.Include.NON_NULL) Share top1InDataset,
      boolean tied,
      @JsonInclude(JsonInclude.Include.NON_NULL) Boolean tiedInDataset,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean chosenOnThisSplit,
      Proportion.Difference drop) {}

  /** Right answers with Wilson's interval at 95 %. */
  public record Share(long correct, double rate, double low, double high) {
    static Share of(Proportion hits) {
      return hits == null ? null : new Share(hits.correct(), hits.rate(), hits.low(), hits.high());
    }
  }

  /**
   * Puts the reports of several sets side by side.
   *
   * @param reports ranked, by the sets' names, the first set first
   */
  public static TestSets of(Map<String, Report> reports) {
    List<Map<Row.Identity, Row>> rows =
        reports.values().stream().map(TestSets::byIdentity).toList();
    Map<Row.Identity, String> names = names(List.copyOf(reports.keySet()), rows);
    List<TestSet> sets = new ArrayList<>();
    reports.forEach((name, report) -> sets.add(set(name, report, names)));
    List<Entry> entries = new ArrayList<>();
    names.forEach(
        (identity, name) ->
            entries.add(
                new Entry(
                    name, identity.digest(), identity.preprocessing(), scores(identity, rows))));
    return new TestSets(sets, entries);
  }

  private static Map<Row.Identity, Row> byIdentity(Report report) {
    Map<Row.Identity, Row> rows = new LinkedHashMap<>();
    report.ranked().forEach(row -> rows.putIfAbsent(row.identity(), row));
    return rows;
  }

  private static Map<Row.Identity, String> names(
      List<String> sets, List<Map<Row.Identity, Row>> rows) {
    Map<Row.Identity, String> names = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < sets.size(); i++) {
      for (Map.Entry<Row.Identity, Row> row : rows.get(i).entrySet()) {
        String own = row.getValue().name();
        String name = taken.contains(own) ? sets.get(i) + "/" + own : own;
        for (int again = 2; !names.containsKey(row.getKey()) && taken.contains(name); again++) {
          name = sets.get(i) + "/" + own + " (" + again + ")";
        }
        if (names.putIfAbsent(row.getKey(), name) == null) {
          taken.add(name);
        }
      }
    }
    return names;
  }

  private static TestSet set(String name, Report report, Map<Row.Identity, String> names) {
    Report.Dataset data = report.dataset();
    return new TestSet(
        name,
        new Data(data.uri(), data.split(), data.digest(), data.records(), data.classes().size()),
        names.get(report.bestRow().identity()),
        report.ranked().stream()
            .filter(row -> row.name().equals(report.bestInDataset()))
            .map(row -> names.get(row.identity()))
            .findFirst()
            .orElse(null),
        beware(report));
  }

  private static List<String> beware(Report report) {
    List<String> sentences = new ArrayList<>();
    report.otherLabels().forEach(other -> sentences.add(other.sentence()));
    if (!report.numbered().isEmpty()) {
      sentences.add(report.numbered());
    }
    for (Row row : report.ranked()) {
      long undecodable = row.tally().undecodable().count();
      if (undecodable > 0) {
        sentences.add(
            "%d images could not be decoded for %s and count as wrong"
                .formatted(undecodable, row.name()));
      }
    }
    return List.copyOf(sentences);
  }

  /** By set; null where a set lacks it. */
  private static List<Score> scores(Row.Identity identity, List<Map<Row.Identity, Row>> rows) {
    Row first = rows.get(0).get(identity);
    List<Score> scores = new ArrayList<>();
    for (Map<Row.Identity, Row> set : rows) {
      Row row = set.get(identity);
      boolean later = first != null && !scores.isEmpty();
      scores.add(row == null ? null : score(row, later ? first : null));
    }
    return Collections.unmodifiableList(scores);
  }

  private static Score score(Row row, Row first) {
    return new Score(
        Share.of(row.top1()),
        Share.of(row.inDataset()),
        row.tied(),
        row.standing().inDataset() == null ? null : row.standing().inDataset().tied(),
        row.chosenHere(),
        first == null ? null : first.top1().minus(row.top1()));
  }

  /**
   * The entry of a checkpoint's row; empty for one that was dropped from its race and is nowhere
   * else.
   */
  public Optional<Entry> of(Row row) {
    return checkpoints.stream()
        .filter(entry -> entry.identity().equals(row.identity()))
        .findFirst();
  }

  /** The checkpoints that are not in the first set. */
  public List<Entry> onlyLater() {
    return checkpoints.stream().filter(entry -> entry.scores().get(0) == null).toList();
  }

  /** Whether any checkpoint knows more classes than a set has. */
  public boolean inDataset(int set) {
    return sets.get(set).bestInDataset() != null;
  }

  /** The same for any set. */
  public boolean anyInDataset() {
    return sets.stream().anyMatch(set -> set.bestInDataset() != null);
  }

  /** Sentences on empty cells and on warnings about later sets. */
  public List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    for (int set = 0; set < sets.size(); set++) {
      String name = sets.get(set).name();
      addRemark(remarks, "Not scored on every record of " + name, set, Objects::isNull);
      if (set > 0) {
        addRemark(
            remarks,
            "Chosen on %s by average --greedy, so too good there".formatted(name),
            set,
            score -> score != null && score.chosenOnThisSplit());
        sets.get(set).beware().forEach(sentence -> remarks.add("On " + name + ": " + sentence));
      }
    }
    return remarks;
  }

  private void addRemark(List<String> remarks, String words, int set, Predicate<Score> which) {
    String names =
        checkpoints.stream()
            .filter(entry -> which.test(entry.scores().get(set)))
            .map(Entry::name)
            .collect(Collectors.joining(", "));
    if (!names.isEmpty()) {
      remarks.add(words + ": " + names);
    }
  }
}
