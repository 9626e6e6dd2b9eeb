package ghostbeam.pipelines.report;

import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The evaluations of one dataset, joined.
 *
 * @param folders of the evaluations
 * @param rows of all of them
 * @param realLabels digest of the ReaL labels that all were counted by; null if they differ or
 *     there are none
 */
record JoinedSet(List<String> folders, Report.Dataset data, List<Row> rows, String realLabels) {

  /**
   * Reads evaluations and joins those of the same dataset, in order of each dataset's first
   * evaluation.
   *
   * @throws IOException if one is missing, damaged or itself a table of test sets, or if data was
   *     rewritten in place between two of them
   */
  static List<JoinedSet> read(Storage storage, List<String> folders) throws IOException {
    Map<String, Map<String, Report>> byDigest = new LinkedHashMap<>();
    for (String folder : folders) {
      Report report = new EvaluationFolder(storage, folder).readReport();
      if (report.testSets() != null) {
        throw new IOException(
            folder + " is a table of several test sets; give the evaluations that it was made of");
      }
      byDigest
          .computeIfAbsent(report.dataset().digest(), unused -> new LinkedHashMap<>())
          .put(folder, report);
    }
    List<JoinedSet> sets = new ArrayList<>();
    for (Map<String, Report> reports : byDigest.values()) {
      sets.add(join(storage, reports));
    }
    requireDistinctPlaces(sets);
    return sets;
  }

  private static JoinedSet join(Storage storage, Map<String, Report> reports) throws IOException {
    Map<String, List<Row>> rows = new LinkedHashMap<>();
    for (Map.Entry<String, Report> report : reports.entrySet()) {
      rows.put(
          report.getKey(),
          new EvaluationFolder(storage, report.getKey()).readRows(report.getValue()));
    }
    List<Report> all = List.copyOf(reports.values());
    String labels = all.get(0).realLabels();
    boolean shared = all.stream().allMatch(one -> Objects.equals(one.realLabels(), labels));
    return new JoinedSet(
        List.copyOf(reports.keySet()),
        all.get(0).dataset(),
        JoinedRows.of(rows),
        shared ? labels : null);
  }

  /** Data that was rewritten in place does not make two test sets. */
  private static void requireDistinctPlaces(List<JoinedSet> sets) throws IOException {
    Map<String, JoinedSet> byPlace = new LinkedHashMap<>();
    for (JoinedSet set : sets) {
      JoinedSet other = byPlace.put(set.place(), set);
      if (other != null) {
        throw new IOException(
            "%s is of another dataset (%s) than %s (%s), though both were %s, split %s: it was rewritten in between; evaluate one of them again"
                .formatted(
                    set.folders.get(0),
                    set.data.digest(),
                    other.folders.get(0),
                    other.data.digest(),
                    set.data.uri(),
                    set.data.split()));
      }
    }
  }

  private String place() {
    return Storage.resolve(data.uri(), data.split());
  }

  /**
   * Sets by name: the shortest names that tell their evaluations' folders apart, or their datasets
   * if a set has several evaluations.
   */
  static Map<String, JoinedSet> byName(List<JoinedSet> sets) {
    boolean byFolder = sets.stream().allMatch(set -> set.folders.size() == 1);
    boolean byUri = sets.stream().map(set -> set.data.uri()).distinct().count() == sets.size();
    Map<String, JoinedSet> byPath = new LinkedHashMap<>();
    for (JoinedSet set : sets) {
      byPath.put(byFolder ? set.folders.get(0) : byUri ? set.data.uri() : set.place(), set);
    }
    Map<String, String> names =
        ShortNames.of(List.copyOf(byPath.keySet()), byFolder ? "report" : "");
    Map<String, JoinedSet> byName = new LinkedHashMap<>();
    byPath.forEach((path, set) -> byName.put(names.get(path), set));
    return byName;
  }
}
