package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import ghostbeam.pipelines.stores.GcsObjects.Stored;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The two ways in which Google's client sends objects: in one request, and in parts. */
final class GcsUploads {
  private static final Pattern PART_OF = Pattern.compile("bytes (?:(\\d+)-(\\d+)|\\*)/(\\d+|\\*)");

  /** A part that is cut off is kept in multiples of this. */
  private static final int KEPT = 256 << 10;

  private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)\"?");

  private final GcsObjects objects;
  private final Map<String, Upload> uploads = new ConcurrentHashMap<>();
  private final Map<String, byte[]> ended = new ConcurrentHashMap<>();

  private record Upload(String key, Optional<Long> ifGeneration, ByteArrayOutputStream bytes) {}

  /** What a part led to: the object's description where it was the last. */
  record Progress(int have, Optional<byte[]> resource) {}

  GcsUploads(GcsObjects objects) {
    this.objects = objects;
  }

  /** Stores an object whose description and bytes are in one body; the object's description. */
  byte[] multipart(String contentType, Map<String, String> query, byte[] body)
      throws IOException, GcsRefusal {
    List<byte[]> parts = parts(contentType, body);
    String key = name(query, parts.get(0));
    Stored stored = objects.store(key, parts.get(1), GcsObjects.ifGeneration(query));
    return GcsObjects.resource(key, stored);
  }

  /** Begins an upload in parts; its id. */
  String begin(Map<String, String> query, byte[] body) throws IOException, GcsRefusal {
    String id = Long.toString(objects.next());
    String key = name(query, body);
    uploads.put(id, new Upload(key, GcsObjects.ifGeneration(query), new ByteArrayOutputStream()));
    return id;
  }

  /** Takes a part, or is asked how far the upload has come. */
  Progress resume(String id, Headers headers, Intake.Body sent) throws GcsRefusal {
    Upload upload = id == null ? null : uploads.get(id);
    String range = headers.getFirst("Content-Range");
    Matcher part = PART_OF.matcher(range == null ? "" : range);
    if (upload == null || !part.matches()) {
      throw new GcsRefusal(400, "invalid", "no such upload, or Content-Range " + range);
    }
    byte[] body = sent.bytes();
    if (sent.cut()) {
      body = Arrays.copyOf(body, body.length / KEPT * KEPT);
    }
    synchronized (upload) {
      int have = upload.bytes().size();
      if (ended.containsKey(id)) {
        return new Progress(have, Optional.of(ended.get(id)));
      }
      if (part.group(1) != null) {
        int from = Integer.parseInt(part.group(1));
        if (from > have) {
          throw new GcsRefusal(400, "invalid", "bytes " + have + " to " + from + " are missing");
        }
        upload.bytes().write(body, have - from, Math.max(0, body.length - (have - from)));
        have = upload.bytes().size();
      }
      if (!part.group(3).equals(Integer.toString(have))) {
        return new Progress(have, Optional.empty());
      }
      Stored stored =
          objects.store(upload.key(), upload.bytes().toByteArray(), upload.ifGeneration());
      ended.put(id, GcsObjects.resource(upload.key(), stored));
      return new Progress(have, Optional.of(ended.get(id)));
    }
  }

  /** An upload's name, which stands in the call or in the object's description. */
  private static String name(Map<String, String> query, byte[] resource)
      throws IOException, GcsRefusal {
    String name = query.get("name");
    if (name == null) {
      name = new ObjectMapper().readTree(resource).path("name").asText();
    }
    if (name.isEmpty()) {
      throw new GcsRefusal(400, "required", "an upload without a name");
    }
    return name;
  }

  /** Description and bytes of a multipart upload. */
  private static List<byte[]> parts(String contentType, byte[] body) throws GcsRefusal {
    Matcher matcher = BOUNDARY.matcher(contentType);
    if (!matcher.find()) {
      throw new GcsRefusal(400, "invalid", "no boundary in " + contentType);
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
}
