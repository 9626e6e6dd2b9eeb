package ghostbeam.pipelines.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.evaluate.EvaluateOptions;
import ghostbeam.pipelines.launch.Launch;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

final class DemoPipelineTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private EvaluateOptions step(String... demoFlags) {
    DemoOptions demo = PipelineOptionsFactory.fromArgs(demoFlags).as(DemoOptions.class);
    return DemoPipeline.options(
        Launch.prepare(demo),
        EvaluateOptions.class,
        new PrintStream(said, true, StandardCharsets.UTF_8),
        "evaluate",
        "--data=d",
        "--checkpoints=c",
        "--output=o");
  }

  @Test
  void runsItsStepsOnEmbeddedFlinkByDefault() {
    EvaluateOptions step = step();
    assertEquals(FlinkRunner.class, step.getRunner());
    assertEquals("[local]", step.as(FlinkPipelineOptions.class).getFlinkMaster());
  }

  @Test
  void runsItsStepsOnTheGivenRunner() {
    assertEquals(DirectRunner.class, step("--runner=DirectRunner").getRunner());
    assertEquals(3, step("--parallelism=3").as(FlinkPipelineOptions.class).getParallelism());
    assertEquals(
        List.of("a.jar"),
        step("--filesToStage=a.jar").as(FlinkPipelineOptions.class).getFilesToStage());
  }

  @Test
  void printsItsStepsAsCommandLines() {
    step();
    String line = "$ ./run evaluate --data=d --checkpoints=c --output=o\n";
    assertTrue(
        said.toString(StandardCharsets.UTF_8).contains(line),
        () -> said.toString(StandardCharsets.UTF_8));
  }
}
