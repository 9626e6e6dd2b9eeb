package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.NettyShuffleEnvironmentOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.junit.jupiter.api.Test;

/**
 * What strings in model and transforms must not mention, since they appear in anybody's pipeline.
 */
final class HouseWordsTest {
  /** The name may be inserted by a format or by concatenation, which has a placeholder there. */
  private static final Pattern FLAG = Pattern.compile("--[a-zA-Z%\\x01][\\w-]*");

  /** Options of tar, of unpackers and of convmv: programs that a message tells people to run. */
  private static final Set<String> OF_OTHER_PROGRAMS =
      Set.of("--hard-dereference", "--ignore-zeros", "--keep", "--notest");

  private static final List<Class<?>> FLINK =
      List.of(
          CoreOptions.class,
          HeartbeatManagerOptions.class,
          JobManagerOptions.class,
          NettyShuffleEnvironmentOptions.class,
          RestOptions.class,
          RestartStrategyOptions.class,
          TaskManagerOptions.class);

  @Test
  void modelAndTransformsKnowNoFlagsAndNoSettingsOfFlink() throws Exception {
    JavaClasses house =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("ghostbeam.model", "ghostbeam.transforms");
    Set<String> settings = flinkSettings();
    Set<String> found = new TreeSet<>();
    int strings = 0;
    for (JavaClass type : house) {
      for (String string : strings(type)) {
        strings++;
        for (String word : words(string, settings)) {
          found.add(type.getName() + ": " + word);
        }
      }
    }
    assertTrue(strings > 2000, strings + " strings");
    assertEquals(Set.of(), found);
  }

  @Test
  void suchWordsAreFound() throws Exception {
    Set<String> settings = flinkSettings();
    assertEquals(
        List.of("--shards"), words("give fewer --shards, or tar --ignore-zeros", settings));
    assertEquals(1, words("--\u0001 is 1, found 2", settings).size());
    assertEquals(
        List.of("taskmanager.numberOfTaskSlots"),
        words("raise taskmanager.numberOfTaskSlots", settings));
  }

  private static List<String> words(String string, Set<String> settings) {
    List<String> words = new ArrayList<>();
    Matcher flags = FLAG.matcher(string);
    while (flags.find()) {
      if (!OF_OTHER_PROGRAMS.contains(flags.group())) {
        words.add(flags.group());
      }
    }
    settings.stream().filter(string::contains).forEach(words::add);
    return words;
  }

  /** Names of some hundred, of those that have a dot. */
  private static Set<String> flinkSettings() throws IllegalAccessException {
    Set<String> names = new HashSet<>();
    for (Class<?> options : FLINK) {
      for (Field field : options.getFields()) {
        if (field.getType() == ConfigOption.class) {
          names.add(((ConfigOption<?>) field.get(null)).key());
        }
      }
    }
    names.removeIf(name -> !name.contains("."));
    assertTrue(names.size() > 100, names::toString);
    return names;
  }

  /** The string constants of a class file, including those of concatenations. */
  private static List<String> strings(JavaClass type) throws IOException {
    Map<Integer, String> texts = new HashMap<>();
    List<Integer> strings = new ArrayList<>();
    try (DataInputStream file =
        new DataInputStream(type.getSource().orElseThrow().getUri().toURL().openStream())) {
      file.skipNBytes(8);
      int constants = file.readUnsignedShort();
      for (int i = 1; i < constants; i++) {
        int tag = file.readUnsignedByte();
        switch (tag) {
          case 1 -> texts.put(i, file.readUTF());
          case 8 -> strings.add(file.readUnsignedShort());
          case 7, 16, 19, 20 -> file.skipNBytes(2);
          case 15 -> file.skipNBytes(3);
          case 3, 4, 9, 10, 11, 12, 17, 18 -> file.skipNBytes(4);
          case 5, 6 -> {
            file.skipNBytes(8);
            i++; // takes two numbers
          }
          default -> throw new IOException("constant of kind " + tag + " in " + type.getName());
        }
      }
    }
    return strings.stream().map(texts::get).toList();
  }
}
