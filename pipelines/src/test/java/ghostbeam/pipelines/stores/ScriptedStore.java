package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Answers every request as a test says, and records the requests. */
final class ScriptedStore implements AutoCloseable {
  /** Credentials, which it does not check. */
  static final String CREDENTIALS =
      "--awsCredentialsProvider={\"@type\":\"StaticCredentialsProvider\",\"accessKeyId\":\"a\","
          + "\"secretAccessKey\":\"b\"}";

  /**
   * To one request.
   *
   * @param type not sent where it is empty
   * @param body not sent to who asks by HEAD
   * @param missing bytes that are promised beyond the body before the connection ends
   */
  record Answer(int status, String type, String body, int missing) {
    Answer(int status, String type, String body) {
      this(status, type, body, 0);
    }

    /** The same, whose connection breaks in the middle. */
    Answer cut() {
      int half = body.length() / 2;
      return new Answer(status, type, body.substring(0, half), body.length() - half);
    }

    static Answer xml(int status, String body) {
      return new Answer(status, "application/xml", body);
    }

    /** As S3 words it. */
    static Answer refusal(int status, String code, String more) {
      return xml(
          status,
          "<Error><Code>%s</Code><Message>as asked</Message>%s</Error>".formatted(code, more));
    }

    /** A listing of objects of three bytes each. */
    static Answer listing(String... keys) {
      StringBuilder objects = new StringBuilder();
      for (String key : keys) {
        objects.append(
            "<Contents><Key>%s</Key><Size>3</Size><ETag>\"7\"</ETag></Contents>".formatted(key));
      }
      return xml(
          200,
          "<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated>"
              + "<EncodingType>url</EncodingType>%s</ListBucketResult>".formatted(objects));
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile Function<String, Answer> script = request -> Answer.listing();

  private ScriptedStore(HttpServer server) {
    this.server = server;
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  static ScriptedStore start() throws IOException {
    return new ScriptedStore(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Sets the answer to requests, such as {@code GET /bucket?list-type=2}, from now on. */
  void answer(Function<String, Answer> by) {
    asked.clear();
    script = by;
  }

  void answer(Answer always) {
    answer(request -> always);
  }

  /** Requests since the last answer was set. */
  List<String> asked() {
    return asked;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
      asked.add(request);
      Answer answer = script.apply(request);
      if (!answer.type().isEmpty()) {
        exchange.getResponseHeaders().set("Content-Type", answer.type());
      }
      byte[] body = answer.body().getBytes(UTF_8);
      boolean head = exchange.getRequestMethod().equals("HEAD");
      if (head) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      }
      int length = body.length + answer.missing();
      exchange.sendResponseHeaders(answer.status(), head || length == 0 ? -1 : length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
