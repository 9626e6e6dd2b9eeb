package ghostbeam.model.distributed;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** A rank in its own process, which all-reduces ones until it is killed. */
final class RankProcess {
  private RankProcess() {}

  static Process start(Gang gang, int rank) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            RankProcess.class.getName(),
            gang.folder(),
            gang.secret().toString(),
            gang.host(),
            Integer.toString(gang.size()),
            Integer.toString(gang.timeoutSeconds()),
            Integer.toString(rank))
        .inheritIO()
        .start();
  }

  /** Arguments: a gang's folder, secret, host, size and timeout, and the rank. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Gang gang =
        new Gang(
            args[0],
            UUID.fromString(args[1]),
            args[2],
            Integer.parseInt(args[3]),
            Integer.parseInt(args[4]));
    gang.run(
        Storage.local(),
        Integer.parseInt(args[5]),
        collective -> {
          while (true) {
            collective.sum(1);
          }
        });
  }
}
