package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.apache.maven.artifact.versioning.ComparableVersion;
import org.junit.jupiter.api.Test;

/**
 * Checks every library that users run against the advisories available offline: GitHub's database
 * up to November 2024, as OpenRewrite's recipe carries it, and {@code advisories/later.csv}, kept
 * by hand. What {@code advisories/accepted.csv} accepts has its reason there.
 */
final class KnownVulnerabilitiesTest {
  private static final CSVFormat PLAIN = CSVFormat.DEFAULT;
  private static final CSVFormat TITLED =
      CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).build();

  private static final Pattern LIBRARY =
      Pattern.compile("\\s+([^:\\s]+:[^:]+):jar:(?:[^:]+:)?([^:]+):(?:compile|runtime)\\b.*");

  /** A range of a library's versions; one never fixed has an empty {@code fixed}. */
  private record Advisory(String name, String library, String introduced, String fixed) {
    boolean concerns(String version) {
      ComparableVersion mine = new ComparableVersion(version);
      return mine.compareTo(new ComparableVersion(introduced)) >= 0
          && (fixed.isEmpty() || mine.compareTo(new ComparableVersion(fixed)) < 0);
    }

    String key() {
      return name + " " + library;
    }
  }

  private static List<CSVRecord> read(String resource, CSVFormat format) throws IOException {
    try (InputStream in = KnownVulnerabilitiesTest.class.getResourceAsStream(resource)) {
      assertTrue(in != null, resource);
      return format.parse(new InputStreamReader(in, StandardCharsets.UTF_8)).getRecords();
    }
  }

  private static List<Advisory> advisories() throws IOException {
    List<Advisory> all = new ArrayList<>();
    for (CSVRecord row : read("/advisories-maven.csv", PLAIN)) {
      all.add(new Advisory(row.get(0), row.get(3), row.get(4), row.get(5)));
    }
    for (CSVRecord row : read("/advisories/later.csv", TITLED)) {
      all.add(
          new Advisory(
              row.get("advisory"), row.get("library"), row.get("introduced"), row.get("fixed")));
    }
    return all;
  }

  /** Version by {@code group:artifact}, as the build resolved them. */
  private static Map<String, String> libraries() throws IOException {
    Map<String, String> versions = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("target", "libraries.txt"))) {
      Matcher library = LIBRARY.matcher(line);
      if (library.matches()) {
        versions.put(library.group(1), library.group(2));
      }
    }
    assertTrue(versions.size() > 150, versions::toString);
    return versions;
  }

  private static Map<String, Advisory> concerning(Map<String, String> libraries)
      throws IOException {
    return advisories().stream()
        .filter(advisory -> libraries.containsKey(advisory.library()))
        .filter(advisory -> advisory.concerns(libraries.get(advisory.library())))
        .collect(Collectors.toMap(Advisory::key, advisory -> advisory, (a, b) -> a, TreeMap::new));
  }

  /** An accepted advisory that concerns no library any more must leave the list. */
  @Test
  void onlyAcceptedAdvisoriesConcernALibrary() throws IOException {
    Map<String, String> reasons = new TreeMap<>();
    for (CSVRecord row : read("/advisories/accepted.csv", TITLED)) {
      reasons.put(row.get("advisory") + " " + row.get("library"), row.get("reason"));
    }
    Map<String, Advisory> found = concerning(libraries());

    assertEquals(reasons.keySet(), found.keySet(), () -> "fixed: " + found.values());
  }

  @Test
  void findsWhatIsFixedAndWhatIsNotByVersion() throws IOException {
    assertEquals(
        List.of("CVE-2021-44228 org.apache.logging.log4j:log4j-core"),
        concerning(Map.of("org.apache.logging.log4j:log4j-core", "2.14.1")).keySet().stream()
            .filter(key -> key.startsWith("CVE-2021-44228"))
            .toList());
    assertTrue(concerning(Map.of("io.pebbletemplates:pebble", "3.2.2")).size() == 2);
    assertTrue(concerning(Map.of("io.pebbletemplates:pebble", "4.1.0")).size() == 1);
    assertEquals(
        Map.of(), concerning(Map.of("com.fasterxml.jackson.core:jackson-core", "2.18.12")));
  }
}
