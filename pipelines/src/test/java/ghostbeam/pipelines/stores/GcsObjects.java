package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** The objects of a bucket, in memory, and how Google describes them. */
final class GcsObjects {
  static final String BUCKET = "bucket";
  private static final int PAGE = 7;

  private final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>();
  private final AtomicLong generations = new AtomicLong(1_700_000_000_000_000L);

  /** One content of an object. */
  record Stored(byte[] bytes, long generation) {}

  /** The condition that a call sets, if any. */
  static Optional<Long> ifGeneration(Map<String, String> query) {
    return Optional.ofNullable(query.get("ifGenerationMatch")).map(Long::valueOf);
  }

  static void requireBucket(String name) throws GcsRefusal {
    if (!name.equals(BUCKET)) {
      throw new GcsRefusal(404, "notFound", "The specified bucket does not exist.");
    }
  }

  long next() {
    return generations.incrementAndGet();
  }

  Stored found(String key, Optional<Long> ifGeneration) throws GcsRefusal {
    Stored stored = objects.get(key);
    if (stored == null) {
      throw new GcsRefusal(404, "notFound", "No such object: " + BUCKET + "/" + key);
    }
    if (ifGeneration.isPresent() && ifGeneration.get() != stored.generation()) {
      throw new GcsRefusal(412, "conditionNotMet", "generation is " + stored.generation());
    }
    return stored;
  }

  synchronized Stored store(String key, byte[] bytes, Optional<Long> ifGeneration)
      throws GcsRefusal {
    long now = objects.containsKey(key) ? objects.get(key).generation() : 0;
    if (ifGeneration.isPresent() && ifGeneration.get() != now) {
      throw new GcsRefusal(412, "conditionNotMet", "generation is " + now);
    }
    Stored stored = new Stored(bytes, next());
    objects.put(key, stored);
    return stored;
  }

  void delete(String key, Optional<Long> ifGeneration) throws GcsRefusal {
    objects.remove(key, found(key, ifGeneration));
  }

  byte[] list(String prefix, String pageToken) {
    ObjectNode page = JsonNodeFactory.instance.objectNode().put("kind", "storage#objects");
    ArrayNode items = page.putArray("items");
    for (Map.Entry<String, Stored> entry : objects.tailMap(pageToken, false).entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        if (items.size() == PAGE) {
          page.put("nextPageToken", items.get(PAGE - 1).get("name").asText());
          break;
        }
        items.add(node(entry.getKey(), entry.getValue()));
      }
    }
    return page.toString().getBytes(UTF_8);
  }

  static byte[] resource(String key, Stored stored) {
    return node(key, stored).toString().getBytes(UTF_8);
  }

  static byte[] rewritten(String key, Stored stored) {
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("kind", "storage#rewriteResponse")
            .put("totalBytesRewritten", Integer.toString(stored.bytes().length))
            .put("objectSize", Integer.toString(stored.bytes().length))
            .put("done", true);
    answer.set("resource", node(key, stored));
    return answer.toString().getBytes(UTF_8);
  }

  private static ObjectNode node(String key, Stored stored) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("kind", "storage#object")
        .put("bucket", BUCKET)
        .put("name", key)
        .put("size", Integer.toString(stored.bytes().length))
        .put("generation", Long.toString(stored.generation()))
        .put("metageneration", "1");
  }
}
