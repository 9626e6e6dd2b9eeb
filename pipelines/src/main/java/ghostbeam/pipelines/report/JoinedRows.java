package ghostbeam.pipelines.report;

import ghostbeam.pipelines.verdict.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Joins the rows of several evaluations. The same scores of the same file under the same name
 * become one row; rows that share only a name get their evaluation's folder as a prefix.
 */
final class JoinedRows {
  /** A row, the folder it comes from and its current name. */
  private static final class Member {
    final String folder;
    final Row row;
    final Row.Content content;
    String name;
    boolean prefixed;

    Member(String folder, Row row) {
      this.folder = folder;
      this.row = row;
      this.content = row.content();
      this.name = row.name();
    }

    void prefix(String folderName) {
      name = folderName + "/" + name;
      prefixed = true;
    }
  }

  private final List<Member> members = new ArrayList<>();
  private final Map<String, String> folderNames;

  private JoinedRows(List<String> folders) {
    folderNames = ShortNames.of(folders, "report");
  }

  /**
   * All rows, in the order of the evaluations.
   *
   * @param evaluations rows by the folder of their evaluation
   * @throws IOException if folder prefixes do not tell two rows of the same name apart
   */
  static List<Row> of(Map<String, List<Row>> evaluations) throws IOException {
    JoinedRows joined = new JoinedRows(List.copyOf(evaluations.keySet()));
    evaluations.forEach(
        (folder, rows) -> rows.forEach(row -> joined.members.add(new Member(folder, row))));
    Map<Row.Identity, Member> complete = joined.complete();
    Map<String, Map<String, Member>> byFolder = joined.byFolder();
    // A checkpoint dropped from one race but scored in full elsewhere keeps only the full score.
    joined.members.removeIf(
        member -> !member.row.complete() && complete.containsKey(member.row.identity()));
    joined.tellApart();
    Map<String, Row> byName = new LinkedHashMap<>();
    for (Member member : joined.members) {
      Map<String, Member> rivals = byFolder.get(member.folder);
      byName.putIfAbsent(
          member.name,
          member
              .row
              .named(member.name)
              .beatenBy(rival -> newName(rivals.get(rival), rival, complete)));
    }
    return List.copyOf(byName.values());
  }

  /** The new name of a rival, or of its row scored on every record if only that was kept. */
  private static String newName(Member rival, String oldName, Map<Row.Identity, Member> complete) {
    if (rival == null) {
      return oldName; // the report was edited
    }
    return complete.getOrDefault(rival.row.identity(), rival).name;
  }

  private Map<Row.Identity, Member> complete() {
    Map<Row.Identity, Member> complete = new HashMap<>();
    for (Member member : members) {
      if (member.row.complete()) {
        complete.putIfAbsent(member.row.identity(), member);
      }
    }
    return complete;
  }

  private Map<String, Map<String, Member>> byFolder() {
    return members.stream()
        .collect(
            Collectors.groupingBy(
                member -> member.folder,
                Collectors.toMap(member -> member.row.name(), member -> member)));
  }

  /**
   * Repeats until names are unique: a prefixed name may be taken in an evaluation that was itself
   * joined.
   */
  private void tellApart() throws IOException {
    boolean clear = false;
    while (!clear) {
      clear = true;
      Map<String, List<Member>> byName =
          members.stream()
              .collect(
                  Collectors.groupingBy(
                      member -> member.name, LinkedHashMap::new, Collectors.toList()));
      for (List<Member> namesakes : byName.values()) {
        if (namesakes.stream().map(member -> member.content).distinct().count() > 1) {
          clear = false;
          prefix(namesakes);
        }
      }
    }
  }

  private void prefix(List<Member> namesakes) throws IOException {
    List<Member> bare = namesakes.stream().filter(member -> !member.prefixed).toList();
    if (bare.isEmpty()) {
      throw new IOException(
          "%s and %s would both be called %s in the joined report; rename one of the folders"
              .formatted(namesakes.get(0).folder, namesakes.get(1).folder, namesakes.get(0).name));
    }
    bare.forEach(member -> member.prefix(folderNames.get(member.folder)));
  }
}
