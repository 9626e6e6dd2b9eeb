package ghostbeam.pipelines.demo;

import ghostbeam.pipelines.cli.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;

/**
 * The demo's output folder: {@code data/}, {@code training/}, {@code report/} and the sample's zip.
 *
 * @param root the folder itself
 */
record DemoFolder(Path root) {
  private static final String SAMPLE = "fashion-mnist-sample.zip";

  /** Marks a demo's folder, which a later demo may clear. */
  private static final String MARKER = ".ghostbeam-demo";

  /**
   * Creates the folder with only the sample in it, deleting an earlier demo's output.
   *
   * @throws UsageException if it has files that are not a demo's
   */
  static DemoFolder prepare(String output) throws IOException {
    if (output.contains("://")) {
      throw new UsageException("the demo's --output must be a local folder, found " + output);
    }
    DemoFolder folder = new DemoFolder(Path.of(output));
    folder.refuseOthers();
    for (Path part : List.of(folder.data(), folder.training(), folder.report())) {
      FileUtils.deleteFileOrDirectory(part.toFile());
    }
    Files.createDirectories(folder.root);
    Files.writeString(folder.root.resolve(MARKER), "Made by ./run demo, which may replace it.\n");
    try (InputStream sample = DemoFolder.class.getResourceAsStream(SAMPLE)) {
      Files.deleteIfExists(folder.sample());
      Files.copy(sample, folder.sample());
    }
    return folder;
  }

  Path sample() {
    return root.resolve(SAMPLE);
  }

  Path data() {
    return root.resolve("data");
  }

  Path training() {
    return root.resolve("training");
  }

  Path report() {
    return root.resolve("report");
  }

  private void refuseOthers() throws IOException {
    if (!Files.exists(root) || Files.exists(root.resolve(MARKER))) {
      return;
    }
    if (!Files.isDirectory(root)) {
      throw new UsageException(root + " is a file; choose a new folder with --output=");
    }
    try (Stream<Path> found = Files.list(root)) {
      if (found.findAny().isPresent()) {
        throw new UsageException(
            root + " has files that are not a demo's; choose a new folder with --output=");
      }
    }
  }
}
