package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.pipelines.launch.Launch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Seconds from a JVM's start to an embedded job's first element; -Pbench runs it. */
@Tag("bench")
class StartUpBench {
  private static final int RUNS = 5;

  @Test
  void embeddedJob() throws Exception {
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < RUNS; i++) {
      seconds.add(secondsOfOneJob());
    }
    Collections.sort(seconds);
    System.out.printf(
        Locale.ROOT, "start-up of an embedded job: median %.2f s%n", seconds.get(RUNS / 2));
  }

  private static double secondsOfOneJob() throws IOException, InterruptedException {
    List<String> command = FreshJvm.command();
    command.add(OneJob.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output
        .lines()
        .filter(line -> line.startsWith("first element after "))
        .mapToDouble(line -> Double.parseDouble(line.substring("first element after ".length())))
        .findFirst()
        .orElseThrow();
  }

  /** The main class of a new JVM that does nothing else. */
  static final class OneJob {
    private OneJob() {}

    public static void main(String[] args) throws IOException {
      Pipeline pipeline = Pipeline.create(Launch.prepare(PipelineOptionsFactory.create()));
      pipeline.apply(Create.of(1)).apply(ParDo.of(new FirstElementFn()));
      Launch.run(pipeline);
    }
  }

  private static final class FirstElementFn extends DoFn<Integer, Integer> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process() {
      long started = ManagementFactory.getRuntimeMXBean().getStartTime();
      System.out.println("first element after " + (System.currentTimeMillis() - started) / 1000.0);
    }
  }
}
