package ghostbeam.pipelines.stores;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import ghostbeam.pipelines.stores.GcsObjects.Stored;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Google Cloud Storage's JSON API as far as we use it, strictly: a call that it does not know is
 * answered by 501 and remembered. It keeps objects in memory.
 */
final class GcsServer implements TestStore {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
  private static final Pattern UPLOAD = Pattern.compile("/upload/storage/v1/b/([^/]+)/o");
  private static final Pattern LISTING = Pattern.compile("/storage/v1/b/([^/]+)/o");
  private static final Pattern OBJECT =
      Pattern.compile("/(?:download/)?storage/v1/b/([^/]+)/o/([^/]+)");
  private static final Pattern REWRITE =
      Pattern.compile("/storage/v1/b/([^/]+)/o/([^/]+)/rewriteTo/b/([^/]+)/o/([^/]+)");

  static {
    // Else head and body go out apart, and the second waits 40 ms for word of the first.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final GcsObjects objects = new GcsObjects();
  private final GcsUploads uploads = new GcsUploads(objects);
  private final List<String> unknown = new CopyOnWriteArrayList<>();
  private final Traffic traffic = new Traffic();
  private final Faults faults = new Faults();
  private final Intake intake = new Intake();
  private final AtomicBoolean losing = new AtomicBoolean();
  private volatile Predicate<String> admitted = authorization -> true;

  private GcsServer(HttpServer server) {
    this.server = server;
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  static GcsServer start() throws IOException {
    return new GcsServer(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
  }

  @Override
  public String root() {
    return "gs://" + GcsObjects.BUCKET;
  }

  private String host() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public List<String> flags() {
    return List.of(
        "--project=test",
        endpoint(),
        "--credentialFactoryClass=org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory");
  }

  String endpoint() {
    return "--gcsEndpoint=" + host() + "/storage/v1/";
  }

  @Override
  public Faults faults() {
    return faults;
  }

  @Override
  public long sent(String prefix) {
    return traffic.bytes(prefix);
  }

  @Override
  public long answers(String prefix) {
    return traffic.answers(prefix);
  }

  @Override
  public List<String> unknown() {
    return unknown;
  }

  /** Answers 401 to all whose Authorization, null where there is none, is not one of these. */
  void admit(Predicate<String> authorizations) {
    admitted = authorizations;
  }

  /** Where one asks for tokens that these give from now on. */
  String tokens(HttpHandler tokens) {
    server.createContext("/token", tokens);
    return host() + "/token";
  }

  Intake intake() {
    return intake;
  }

  /** Answers nothing to what next ends an upload in parts, though the object is made. */
  void loseTheNextEnd() {
    losing.set(true);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        answer(exchange, intake.take(exchange));
      } catch (GcsRefusal e) {
        send(exchange, e.status(), e.body(), Faults.Fault.NONE);
      } catch (RuntimeException e) {
        unknown.add(exchange.getRequestURI() + " led to " + e);
        GcsRefusal refusal = new GcsRefusal(501, "notImplemented", e.toString());
        send(exchange, refusal.status(), refusal.body(), Faults.Fault.NONE);
      }
    }
  }

  private void answer(HttpExchange exchange, Intake.Body body) throws IOException, GcsRefusal {
    Faults.Fault fault = faults.next(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    if (fault == Faults.Fault.OVERLOADED) {
      throw new GcsRefusal(503, "backendError", "Backend Error");
    }
    if (fault == Faults.Fault.TOO_MANY_REQUESTS) {
      throw new GcsRefusal(429, "rateLimitExceeded", "Slow down");
    }
    if (fault == Faults.Fault.CUT && !exchange.getRequestMethod().equals("GET")) {
      return; // without a word, nothing done
    }
    if (!admitted.test(exchange.getRequestHeaders().getFirst("Authorization"))) {
      throw new GcsRefusal(401, "required", "Anonymous caller does not have access");
    }
    route(exchange, body, fault);
  }

  private void route(HttpExchange exchange, Intake.Body body, Faults.Fault fault)
      throws IOException, GcsRefusal {
    String path = exchange.getRequestURI().getRawPath();
    String method = exchange.getRequestMethod();
    Map<String, String> query = Query.of(exchange.getRequestURI().getRawQuery());
    Matcher upload = UPLOAD.matcher(path);
    Matcher listing = LISTING.matcher(path);
    Matcher object = OBJECT.matcher(path);
    Matcher rewrite = REWRITE.matcher(path);
    if (upload.matches()) {
      GcsObjects.requireBucket(upload.group(1));
      upload(exchange, method + " " + query.get("uploadType"), query, body);
    } else if (listing.matches() && method.equals("GET")) {
      GcsObjects.requireBucket(listing.group(1));
      String prefix = query.getOrDefault("prefix", "");
      byte[] page = objects.list(prefix, query.getOrDefault("pageToken", ""));
      traffic.add(prefix, send(exchange, 200, page, fault));
    } else if (object.matches() && method.equals("GET")) {
      GcsObjects.requireBucket(object.group(1));
      String key = Query.decoded(object.group(2));
      Stored stored = objects.found(key, GcsObjects.ifGeneration(query));
      if ("media".equals(query.get("alt"))) {
        media(exchange, key, stored, fault);
      } else {
        send(exchange, 200, GcsObjects.resource(key, stored), fault);
      }
    } else if (object.matches() && method.equals("DELETE")) {
      objects.delete(Query.decoded(object.group(2)), GcsObjects.ifGeneration(query));
      exchange.sendResponseHeaders(204, -1);
    } else if (rewrite.matches() && method.equals("POST")) {
      String key = Query.decoded(rewrite.group(4));
      Stored source = objects.found(Query.decoded(rewrite.group(2)), Optional.empty());
      Stored copy = objects.store(key, source.bytes(), GcsObjects.ifGeneration(query));
      send(exchange, 200, GcsObjects.rewritten(key, copy), Faults.Fault.NONE);
    } else {
      unknown.add(method + " " + exchange.getRequestURI());
      throw new GcsRefusal(501, "notImplemented", "unknown call " + method + " " + path);
    }
  }

  private void upload(
      HttpExchange exchange, String how, Map<String, String> query, Intake.Body sent)
      throws IOException, GcsRefusal {
    Headers headers = exchange.getResponseHeaders();
    byte[] body = sent.bytes();
    if (sent.cut() && how.startsWith("POST")) {
      return; // without a word, nothing done
    }
    switch (how) {
      case "POST multipart" -> {
        String type = exchange.getRequestHeaders().getFirst("Content-type");
        send(exchange, 200, uploads.multipart(type, query, body), Faults.Fault.NONE);
      }
      case "POST resumable" -> {
        String id = uploads.begin(query, body);
        headers.set(
            "Location",
            host() + "/upload/storage/v1/b/bucket/o?uploadType=resumable&upload_id=" + id);
        exchange.sendResponseHeaders(200, -1);
      }
      case "PUT resumable" -> {
        GcsUploads.Progress progress =
            uploads.resume(query.get("upload_id"), exchange.getRequestHeaders(), sent);
        boolean lost = progress.resource().isPresent() && losing.getAndSet(false);
        if (sent.cut() || lost) {
          return; // without a word
        }
        if (progress.resource().isPresent()) {
          send(exchange, 200, progress.resource().get(), Faults.Fault.NONE);
          return;
        }
        if (progress.have() > 0) {
          headers.set("Range", "bytes=0-" + (progress.have() - 1));
        }
        exchange.sendResponseHeaders(308, -1);
      }
      default -> {
        unknown.add(how);
        throw new GcsRefusal(501, "notImplemented", "unknown upload " + how);
      }
    }
  }

  private void media(HttpExchange exchange, String key, Stored stored, Faults.Fault fault)
      throws IOException, GcsRefusal {
    byte[] whole = stored.bytes();
    exchange.getResponseHeaders().set("x-goog-generation", Long.toString(stored.generation()));
    exchange.getResponseHeaders().set("x-goog-metageneration", "1");
    String asked = exchange.getRequestHeaders().getFirst("Range");
    if (asked == null) {
      traffic.add(key, send(exchange, 200, whole, fault));
      return;
    }
    Matcher range = RANGE.matcher(asked);
    if (!range.matches()) {
      throw new GcsRefusal(400, "invalid", "range " + asked);
    }
    int from = (int) Math.min(whole.length, Long.parseLong(range.group(1)));
    int to = range.group(2).isEmpty() ? whole.length : Integer.parseInt(range.group(2)) + 1;
    if (from >= whole.length) {
      throw new GcsRefusal(416, "requestedRangeNotSatisfiable", "of " + whole.length + " bytes");
    }
    int end = Math.min(to, whole.length);
    if (fault == Faults.Fault.SHORT) {
      end = from + Math.max(1, (end - from) / 2);
    }
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + whole.length);
    traffic.add(key, send(exchange, 206, Arrays.copyOfRange(whole, from, end), fault));
  }

  /** Sends a body, half of it where the connection is to be cut; the bytes sent. */
  private static long send(HttpExchange exchange, int status, byte[] body, Faults.Fault fault)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    int length = fault == Faults.Fault.CUT ? body.length / 2 : body.length;
    OutputStream out = exchange.getResponseBody();
    out.write(body, 0, length);
    if (length == body.length) {
      out.close();
    }
    return length;
  }
}
