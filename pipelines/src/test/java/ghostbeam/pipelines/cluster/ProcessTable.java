package ghostbeam.pipelines.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** This machine's processes, read from /proc. */
final class ProcessTable {
  /** The state of a listening socket. */
  private static final String LISTENS = "0A";

  private ProcessTable() {}

  /** The number of processes with a text in their command lines. */
  static long naming(String text) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(process -> process.getFileName().toString().matches("\\d+"))
          .filter(process -> commandLine(process).contains(text))
          .count();
    }
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // ended
    }
  }

  /** The addresses on which processes listen. */
  static Set<InetAddress> listening(Collection<Long> pids) throws IOException {
    Set<InetAddress> addresses = new HashSet<>();
    for (long pid : pids) {
      Path process = Path.of("/proc/" + pid);
      Set<String> own = new HashSet<>();
      try (Stream<Path> open = Files.list(process.resolve("fd"))) {
        for (Path file : open.filter(Files::isSymbolicLink).toList()) {
          own.add(Files.readSymbolicLink(file).toString());
        }
      }
      for (String table : List.of("net/tcp", "net/tcp6")) {
        for (String line : Files.readAllLines(process.resolve(table))) {
          String[] words = line.strip().split("\\s+", -1);
          if (words[3].equals(LISTENS) && own.contains("socket:[" + words[9] + "]")) {
            addresses.add(address(words[1].replaceFirst(":.*", "")));
          }
        }
      }
    }
    return addresses;
  }

  /** Parses an address of 32-bit words, each little-endian. */
  private static InetAddress address(String hex) throws UnknownHostException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    byte[] inOrder = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      inOrder[i] = bytes[i / 4 * 4 + 3 - i % 4];
    }
    return InetAddress.getByAddress(inOrder);
  }
}
