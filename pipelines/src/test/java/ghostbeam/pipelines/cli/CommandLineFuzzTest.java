package ghostbeam.pipelines.cli;

import ghostbeam.pipelines.Main;
import ghostbeam.pipelines.fuzz.Fuzz;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzzes the command line of every command. */
final class CommandLineFuzzTest {
  static Stream<String> commands() {
    return Main.COMMANDS.stream()
        .filter(Command::hasJob) // all but test, which is the script's
        .map(Command::typed);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void parsesOrRefuses(String command) throws Exception {
    CommandLineFuzz.run(command, options -> {}, Fuzz.SHORT / 8);
  }

  @Tag("soak")
  @ParameterizedTest
  @MethodSource("commands")
  void parsesOrRefusesManyMore(String command) throws Exception {
    CommandLineFuzz.run(command, options -> {}, Fuzz.LONG);
  }
}
