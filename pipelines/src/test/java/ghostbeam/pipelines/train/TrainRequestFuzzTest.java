package ghostbeam.pipelines.train;

import ghostbeam.pipelines.cli.CommandLineFuzz;
import ghostbeam.pipelines.fuzz.Fuzz;
import ghostbeam.pipelines.fuzz.HeldStorage;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code train} checks of its flags before it works. */
final class TrainRequestFuzzTest {
  private static void check(PipelineOptions options) throws Exception {
    TrainRequest.job(new HeldStorage(), options.as(TrainOptions.class));
  }

  @Test
  void takesOrRefusesFlags() throws Exception {
    CommandLineFuzz.run("train", TrainRequestFuzzTest::check, Fuzz.SHORT);
  }

  @Tag("soak")
  @Test
  void takesOrRefusesManyMoreFlags() throws Exception {
    CommandLineFuzz.run("train", TrainRequestFuzzTest::check, Fuzz.LONG);
  }
}
