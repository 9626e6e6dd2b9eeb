package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Google Cloud Storage's JSON API as far as we use it, strictly: a call that it does not know is
 * answered by 501 and remembered. It keeps objects in memory.
 */
final class GcsServer implements TestStore {
  private static final String BUCKET = "bucket";
  private static final int PAGE = 7;
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
  private static final Pattern PART_OF = Pattern.compile("bytes (?:(\\d+)-(\\d+)|\\*)/(\\d+|\\*)");
  private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)\"?");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>();
  private final Map<String, Upload> uploads = new ConcurrentHashMap<>();
  private final AtomicLong generations = new AtomicLong(1_700_000_000_000_000L);
  private final List<String> unknown = new CopyOnWriteArrayList<>();
  private final Traffic traffic = new Traffic();
  private final Faults faults = new Faults();
  private volatile boolean closedToAnonymous;

  private record Stored(byte[] bytes, long generation) {}

  private record Upload(String key, Optional<Long> ifGeneration, ByteArrayOutputStream bytes) {}

  /** An answer that ends the handling of a request. */
  private static final class Answer extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;
    private final String reason;

    Answer(int status, String reason, String message) {
      super(message);
      this.status = status;
      this.reason = reason;
    }
  }

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
    return "gs://" + BUCKET;
  }

  private String host() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public List<String> flags() {
    return List.of(
        "--project=test",
        "--gcsEndpoint=" + host() + "/storage/v1/",
        "--credentialFactoryClass=org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory");
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

  /** Answers 401 to whoever shows no credentials. */
  void closeToAnonymous() {
    closedToAnonymous = true;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        answer(exchange, body(exchange));
      } catch (Answer e) {
        error(exchange, e);
      } catch (RuntimeException e) {
        unknown.add(exchange.getRequestURI() + " led to " + e);
        error(exchange, new Answer(501, "notImplemented", e.toString()));
      }
    }
  }

  /** Google's client compresses what it sends. */
  private static byte[] body(HttpExchange exchange) throws IOException {
    byte[] sent = exchange.getRequestBody().readAllBytes();
    boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    return packed ? new GZIPInputStream(new ByteArrayInputStream(sent)).readAllBytes() : sent;
  }

  private void answer(HttpExchange exchange, byte[] body) throws IOException, Answer {
    Faults.Fault fault = faults.next();
    if (fault == Faults.Fault.OVERLOADED) {
      throw new Answer(503, "backendError", "Backend Error");
    }
    if (fault == Faults.Fault.TOO_MANY_REQUESTS) {
      throw new Answer(429, "rateLimitExceeded", "Slow down");
    }
    if (fault == Faults.Fault.CUT && !exchange.getRequestMethod().equals("GET")) {
      return; // without a word, nothing done
    }
    if (closedToAnonymous && exchange.getRequestHeaders().getFirst("Authorization") == null) {
      throw new Answer(401, "required", "Anonymous caller does not have access");
    }
    route(exchange, body, fault);
  }

  private void route(HttpExchange exchange, byte[] body, Faults.Fault fault)
      throws IOException, Answer {
    String path = exchange.getRequestURI().getRawPath();
    String method = exchange.getRequestMethod();
    Map<String, String> query = query(exchange);
    Matcher upload = Pattern.compile("/upload/storage/v1/b/([^/]+)/o").matcher(path);
    Matcher bucket = Pattern.compile("/storage/v1/b/([^/]+)/o").matcher(path);
    Matcher object = Pattern.compile("/(?:download/)?storage/v1/b/([^/]+)/o/([^/]+)").matcher(path);
    Matcher rewrite =
        Pattern.compile("/storage/v1/b/([^/]+)/o/([^/]+)/rewriteTo/b/([^/]+)/o/([^/]+)")
            .matcher(path);
    if (upload.matches()) {
      requireBucket(upload.group(1));
      upload(exchange, method + " " + query.get("uploadType"), query, body);
    } else if (bucket.matches() && method.equals("GET")) {
      requireBucket(bucket.group(1));
      send(exchange, 200, list(query).toString().getBytes(UTF_8), fault);
    } else if (object.matches() && method.equals("GET")) {
      requireBucket(object.group(1));
      String key = decoded(object.group(2));
      if ("media".equals(query.get("alt"))) {
        media(exchange, key, query, fault);
      } else {
        send(exchange, 200, resource(key, found(key, query)).toString().getBytes(UTF_8), fault);
      }
    } else if (object.matches() && method.equals("DELETE")) {
      String key = decoded(object.group(2));
      objects.remove(key, found(key, query));
      exchange.sendResponseHeaders(204, -1);
    } else if (rewrite.matches() && method.equals("POST")) {
      String key = decoded(rewrite.group(4));
      Stored source = found(decoded(rewrite.group(2)), Map.of());
      send(exchange, 200, rewritten(key, store(key, source.bytes(), query)), Faults.Fault.NONE);
    } else {
      unknown.add(method + " " + exchange.getRequestURI());
      throw new Answer(501, "notImplemented", "unknown call " + method + " " + path);
    }
  }

  private static void requireBucket(String name) throws Answer {
    if (!name.equals(BUCKET)) {
      throw new Answer(404, "notFound", "The specified bucket does not exist.");
    }
  }

  private Stored found(String key, Map<String, String> query) throws Answer {
    Stored stored = objects.get(key);
    if (stored == null) {
      throw new Answer(404, "notFound", "No such object: " + BUCKET + "/" + key);
    }
    String wanted = query.get("ifGenerationMatch");
    if (wanted != null && Long.parseLong(wanted) != stored.generation()) {
      throw new Answer(412, "conditionNotMet", "generation is " + stored.generation());
    }
    return stored;
  }

  private synchronized Stored store(String key, byte[] bytes, Map<String, String> query)
      throws Answer {
    return store(
        key, bytes, Optional.ofNullable(query.get("ifGenerationMatch")).map(Long::valueOf));
  }

  private synchronized Stored store(String key, byte[] bytes, Optional<Long> ifGeneration)
      throws Answer {
    long now = objects.containsKey(key) ? objects.get(key).generation() : 0;
    if (ifGeneration.isPresent() && ifGeneration.get() != now) {
      throw new Answer(412, "conditionNotMet", "generation is " + now);
    }
    Stored stored = new Stored(bytes, generations.incrementAndGet());
    objects.put(key, stored);
    return stored;
  }

  private void upload(HttpExchange exchange, String how, Map<String, String> query, byte[] body)
      throws IOException, Answer {
    switch (how) {
      case "POST multipart" -> {
        List<byte[]> parts = parts(exchange.getRequestHeaders().getFirst("Content-type"), body);
        String key = name(query, parts.get(0));
        byte[] bytes = parts.get(1);
        send(
            exchange,
            200,
            resource(key, store(key, bytes, query)).toString().getBytes(UTF_8),
            Faults.Fault.NONE);
      }
      case "POST resumable" -> {
        String id = Long.toString(generations.incrementAndGet());
        Optional<Long> condition =
            Optional.ofNullable(query.get("ifGenerationMatch")).map(Long::valueOf);
        String key = name(query, body);
        uploads.put(id, new Upload(key, condition, new ByteArrayOutputStream()));
        exchange
            .getResponseHeaders()
            .set(
                "Location",
                host() + "/upload/storage/v1/b/bucket/o?uploadType=resumable&upload_id=" + id);
        exchange.sendResponseHeaders(200, -1);
      }
      case "PUT resumable" -> resume(exchange, uploads.get(query.get("upload_id")), body);
      default -> {
        unknown.add(how);
        throw new Answer(501, "notImplemented", "unknown upload " + how);
      }
    }
  }

  private void resume(HttpExchange exchange, Upload upload, byte[] body)
      throws IOException, Answer {
    String range = exchange.getRequestHeaders().getFirst("Content-Range");
    Matcher part = PART_OF.matcher(range == null ? "" : range);
    if (upload == null || !part.matches()) {
      throw new Answer(400, "invalid", "no such upload, or Content-Range " + range);
    }
    synchronized (upload) {
      int have = upload.bytes().size();
      if (part.group(1) != null) {
        int from = Integer.parseInt(part.group(1));
        if (from > have) {
          throw new Answer(400, "invalid", "bytes " + have + " to " + from + " are missing");
        }
        upload.bytes().write(body, have - from, Math.max(0, body.length - (have - from)));
        have = upload.bytes().size();
      }
      if (part.group(3).equals(Integer.toString(have))) {
        Stored stored = store(upload.key(), upload.bytes().toByteArray(), upload.ifGeneration());
        send(
            exchange,
            200,
            resource(upload.key(), stored).toString().getBytes(UTF_8),
            Faults.Fault.NONE);
        return;
      }
      if (have > 0) {
        exchange.getResponseHeaders().set("Range", "bytes=0-" + (have - 1));
      }
      exchange.sendResponseHeaders(308, -1);
    }
  }

  /** An upload's name, which stands in the call or in the object's description. */
  private static String name(Map<String, String> query, byte[] resource)
      throws IOException, Answer {
    String name = query.get("name");
    if (name == null) {
      name = new ObjectMapper().readTree(resource).path("name").asText();
    }
    if (name.isEmpty()) {
      throw new Answer(400, "required", "an upload without a name");
    }
    return name;
  }

  /** Description and bytes of a multipart upload. */
  private static List<byte[]> parts(String contentType, byte[] body) throws Answer {
    Matcher matcher = BOUNDARY.matcher(contentType);
    if (!matcher.find()) {
      throw new Answer(400, "invalid", "no boundary in " + contentType);
    }
    String text = new String(body, ISO_8859_1);
    String line = "\r\n--" + matcher.group(1);
    int first = text.indexOf("\r\n\r\n") + 4;
    int middle = text.indexOf(line, first);
    int second = text.indexOf("\r\n\r\n", middle + line.length()) + 4;
    return List.of(
        Arrays.copyOfRange(body, first, middle),
        Arrays.copyOfRange(body, second, text.indexOf(line, second)));
  }

  private void media(
      HttpExchange exchange, String key, Map<String, String> query, Faults.Fault fault)
      throws IOException, Answer {
    Stored stored = found(key, query);
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
      throw new Answer(400, "invalid", "range " + asked);
    }
    int from = (int) Math.min(whole.length, Long.parseLong(range.group(1)));
    int to = range.group(2).isEmpty() ? whole.length : Integer.parseInt(range.group(2)) + 1;
    if (from >= whole.length) {
      throw new Answer(416, "requestedRangeNotSatisfiable", "of " + whole.length + " bytes");
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

  private ObjectNode list(Map<String, String> query) {
    String prefix = query.getOrDefault("prefix", "");
    String after = query.getOrDefault("pageToken", "");
    ObjectNode page = JsonNodeFactory.instance.objectNode().put("kind", "storage#objects");
    ArrayNode items = page.putArray("items");
    for (Map.Entry<String, Stored> entry : objects.tailMap(after, false).entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        if (items.size() == PAGE) {
          page.put("nextPageToken", items.get(PAGE - 1).get("name").asText());
          break;
        }
        items.add(resource(entry.getKey(), entry.getValue()));
      }
    }
    return page;
  }

  private static ObjectNode resource(String key, Stored stored) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("kind", "storage#object")
        .put("bucket", BUCKET)
        .put("name", key)
        .put("size", Integer.toString(stored.bytes().length))
        .put("generation", Long.toString(stored.generation()))
        .put("metageneration", "1");
  }

  private static byte[] rewritten(String key, Stored stored) {
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("kind", "storage#rewriteResponse")
            .put("totalBytesRewritten", Integer.toString(stored.bytes().length))
            .put("objectSize", Integer.toString(stored.bytes().length))
            .put("done", true);
    answer.set("resource", resource(key, stored));
    return answer.toString().getBytes(UTF_8);
  }

  private static void error(HttpExchange exchange, Answer answer) throws IOException {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode error =
        root.putObject("error").put("code", answer.status).put("message", answer.getMessage());
    error
        .putArray("errors")
        .addObject()
        .put("domain", "global")
        .put("reason", answer.reason)
        .put("message", answer.getMessage());
    send(exchange, answer.status, root.toString().getBytes(UTF_8), Faults.Fault.NONE);
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

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      int equals = pair.indexOf('=');
      query.put(
          decoded(equals < 0 ? pair : pair.substring(0, equals)),
          equals < 0 ? "" : decoded(pair.substring(equals + 1)));
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }
}
