package ghostbeam.pipelines;

import ghostbeam.pipelines.fuzz.Fuzz;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command's line, damaged. */
final class CommandLineFuzzTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "preprocess",
        "train",
        "evaluate",
        "report",
        "import",
        "export",
        "inspect"
      })
  void parsesOrRefuses(String command) throws Exception {
    CommandLineFuzz.run(command, options -> {}, Fuzz.SHORT / 8);
  }

  @Tag("soak")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "preprocess",
        "train",
        "evaluate",
        "report",
        "import",
        "export",
        "inspect"
      })
  void parsesOrRefusesManyMore(String command) throws Exception {
    CommandLineFuzz.run(command, options -> {}, Fuzz.LONG);
  }
}
