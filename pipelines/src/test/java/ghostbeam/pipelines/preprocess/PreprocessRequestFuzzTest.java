package ghostbeam.pipelines.preprocess;

import ghostbeam.pipelines.cli.CommandLineFuzz;
import ghostbeam.pipelines.fuzz.Fuzz;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code preprocess} checks of its flags before it works. */
final class PreprocessRequestFuzzTest {
  private static void check(PipelineOptions options) {
    PreprocessRequest.of(options.as(PreprocessOptions.class));
  }

  @Test
  void takesOrRefusesFlags() throws Exception {
    CommandLineFuzz.run("preprocess", PreprocessRequestFuzzTest::check, Fuzz.SHORT);
  }

  @Tag("soak")
  @Test
  void takesOrRefusesManyMoreFlags() throws Exception {
    CommandLineFuzz.run("preprocess", PreprocessRequestFuzzTest::check, Fuzz.LONG);
  }
}
