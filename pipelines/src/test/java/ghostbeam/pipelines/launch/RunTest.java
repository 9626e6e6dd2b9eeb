package ghostbeam.pipelines.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.QualityGateException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Test;

final class RunTest {

  @Test
  void aMissedGateEndsWithThreeAndOneLine() {
    Command command =
        Command.of(
            "evaluate",
            "",
            PipelineOptions.class,
            (options, out) -> {
              throw new QualityGateException("gate failed: top1>=0.79 (best has 0.5)");
            });
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Run run =
        new Run(
            command,
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    assertEquals(3, run.start(List.of()));
    assertEquals(
        "ghostbeam evaluate: gate failed: top1>=0.79 (best has 0.5)",
        err.toString(StandardCharsets.UTF_8).strip());
  }
}
