package ghostbeam.pipelines.evaluate;

import ghostbeam.pipelines.cli.CommandLineFuzz;
import ghostbeam.pipelines.fuzz.Fuzz;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code evaluate} checks of its flags before it works. */
final class EvaluateRequestFuzzTest {
  private static void check(PipelineOptions options) {
    EvaluateRequest.of(options.as(EvaluateOptions.class));
  }

  @Test
  void takesOrRefusesFlags() throws Exception {
    CommandLineFuzz.run("evaluate", EvaluateRequestFuzzTest::check, Fuzz.SHORT);
  }

  @Tag("soak")
  @Test
  void takesOrRefusesManyMoreFlags() throws Exception {
    CommandLineFuzz.run("evaluate", EvaluateRequestFuzzTest::check, Fuzz.LONG);
  }
}
