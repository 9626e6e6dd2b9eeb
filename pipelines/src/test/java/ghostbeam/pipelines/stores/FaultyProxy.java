package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Stands before an S3 server, counts what objects' readers are sent, and does wrong at a given
 * rate. One request a connection. A request other than a reading one fails before it is passed on,
 * as S3 promises that one that was done can be done again.
 */
final class FaultyProxy implements Closeable {
  private static final Pattern OBJECT = Pattern.compile("GET /([^/? ]+)/([^? ]+)(\\?\\S*)? HTTP.*");
  private static final Pattern LISTING = Pattern.compile("GET /([^/? ]+)/?\\?(\\S*) HTTP.*");
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+)");

  private final ServerSocket server;
  private final int backend;
  private final String bucket;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Traffic traffic = new Traffic();
  private final Faults faults = new Faults();
  private volatile Optional<Refused> refusal = Optional.empty();

  /** An answer to such requests; the body to those whose answers have one that is read. */
  private record Refused(Predicate<String> requests, String status, String headers, String body) {

    void write(OutputStream out, boolean withBody) throws IOException {
      String sent = withBody ? body : "";
      String head =
          "HTTP/1.1 %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s"
              .formatted(status, headers, sent.length(), sent);
      out.write(head.getBytes(ISO_8859_1));
    }
  }

  /** The lines before a body. */
  private record Head(List<String> lines) {

    static Head read(InputStream in) throws IOException {
      List<String> lines = new ArrayList<>();
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      while (true) {
        int c = in.read();
        if (c < 0) {
          return new Head(List.of());
        }
        if (c == '\n') {
          String text = line.toString(ISO_8859_1).stripTrailing();
          line.reset();
          if (text.isEmpty()) {
            return new Head(lines);
          }
          lines.add(text);
        } else {
          line.write(c);
        }
      }
    }

    String value(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return lines.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()).strip())
          .findFirst()
          .orElse("");
    }

    int length() {
      String length = value("Content-Length");
      return length.isEmpty() ? 0 : Integer.parseInt(length);
    }

    Head with(String name, String value) {
      List<String> changed = new ArrayList<>(without(name).lines());
      changed.add(name + ": " + value);
      return new Head(changed);
    }

    Head without(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return new Head(
          lines.stream().filter(line -> !line.toLowerCase(Locale.ROOT).startsWith(start)).toList());
    }

    byte[] bytes() {
      return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(ISO_8859_1);
    }
  }

  private FaultyProxy(ServerSocket server, int backend, String bucket) {
    this.server = server;
    this.backend = backend;
    this.bucket = bucket;
    threads.execute(this::accept);
  }

  static FaultyProxy start(int backend, String bucket) throws IOException {
    return new FaultyProxy(
        new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), backend, bucket);
  }

  int port() {
    return server.getLocalPort();
  }

  Traffic traffic() {
    return traffic;
  }

  Faults faults() {
    return faults;
  }

  /**
   * Refuses as S3 does, which gives its reason in a body, so not to who asks by HEAD.
   *
   * @param requests those refused, by method and address
   * @param status such as {@code 400 Bad Request}
   * @param headers lines of {@code name: value} and no others
   */
  void refuse(Predicate<String> requests, String status, List<String> headers, String code) {
    String lines = headers.stream().map(line -> line + "\r\n").collect(Collectors.joining());
    String body = "<Error><Code>" + code + "</Code><Message>as asked</Message></Error>";
    refusal = Optional.of(new Refused(requests, status, lines, body));
  }

  void refuseNone() {
    refusal = Optional.empty();
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      Head request = Head.read(in);
      if (request.lines().isEmpty()) {
        return;
      }
      if (request.value("Expect").equalsIgnoreCase("100-continue")) {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
      }
      byte[] body = in.readNBytes(request.length());
      String line = request.lines().get(0);
      Optional<Refused> refused = refusal.filter(those -> those.requests().test(line));
      if (refused.isPresent()) {
        refused.get().write(out, reads(request));
        return;
      }
      Faults.Fault fault = faults.next(line);
      switch (fault) {
        case OVERLOADED -> refuse(out, "503 Service Unavailable");
        case TOO_MANY_REQUESTS -> refuse(out, "429 Too Many Requests");
        default -> {
          if (reads(request) || fault != Faults.Fault.CUT) {
            pass(request, body, fault, out);
          }
        }
      }
    } catch (IOException e) {
      // The client went away, or the server did.
    }
  }

  private static boolean reads(Head request) {
    return request.lines().get(0).startsWith("GET ");
  }

  private static void refuse(OutputStream out, String status) throws IOException {
    new Refused(request -> true, status, "", "").write(out, false);
  }

  private void pass(Head request, byte[] body, Faults.Fault fault, OutputStream out)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), backend)) {
      OutputStream to = socket.getOutputStream();
      to.write(request.without("Expect").with("Connection", "close").bytes());
      to.write(body);
      to.flush();
      InputStream from = socket.getInputStream();
      Head head = Head.read(from).with("Connection", "close");
      byte[] answer = answer(request, head, from);
      if (fault == Faults.Fault.SHORT && head.lines().get(0).contains(" 206 ")) {
        answer = Arrays.copyOf(answer, Math.max(1, answer.length / 2));
        head = shortened(head, answer.length);
      }
      int length = fault == Faults.Fault.CUT ? answer.length / 2 : answer.length;
      out.write(head.bytes());
      out.write(answer, 0, length);
      if (isGood(head)) {
        count(request.lines().get(0), length);
      }
    }
  }

  private void count(String request, int length) {
    Matcher object = OBJECT.matcher(request);
    Matcher listing = LISTING.matcher(request);
    if (object.matches() && object.group(1).equals(bucket)) {
      traffic.add(Query.decoded(object.group(2)), length);
    } else if (listing.matches() && listing.group(1).equals(bucket)) {
      Arrays.stream(listing.group(2).split("&"))
          .filter(pair -> pair.startsWith("prefix="))
          .forEach(pair -> traffic.add(Query.decoded(pair.substring("prefix=".length())), length));
    }
  }

  /** To its length where it has one: the server may reset the connection behind it. */
  private static byte[] answer(Head request, Head head, InputStream from) throws IOException {
    if (request.lines().get(0).startsWith("HEAD ")) {
      return new byte[0];
    }
    return head.value("Content-Length").isEmpty()
        ? from.readAllBytes()
        : from.readNBytes(head.length());
  }

  private static boolean isGood(Head head) {
    return head.lines().get(0).contains(" 20");
  }

  private static Head shortened(Head head, int length) {
    Matcher range = CONTENT_RANGE.matcher(head.value("Content-Range"));
    if (!range.matches()) {
      throw new IllegalStateException("no range in " + head.lines());
    }
    long from = Long.parseLong(range.group(1));
    return head.with("Content-Length", Integer.toString(length))
        .with("Content-Range", "bytes " + from + "-" + (from + length - 1) + "/" + range.group(3));
  }
}
