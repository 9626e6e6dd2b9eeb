package ghostbeam.pipelines.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Damages JSON where readers trust it: values of another kind or size, fields gone or doubled. */
final class JsonDamage {
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> ODD =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "0.5",
          "1e400",
          "-0.0",
          "1e-400",
          "\"\"",
          "\"x\"",
          "[]",
          "{}",
          "[null]",
          "[[]]",
          "{\"\":{}}",
          "2147483647",
          "2147483648",
          "-2147483649",
          "9223372036854775807",
          "9223372036854775808",
          "1099511627776",
          "\"\\u0000\"",
          "\"../../x\"",
          "\"/etc/passwd\"",
          "\"gs://elsewhere/x\"",
          "\"..\\\\x\"",
          "\"NaN\"",
          "\"\\ud800\"",
          "1" + "0".repeat(999),
          "9".repeat(1001),
          "\"" + "x".repeat(5000) + "\"",
          "[".repeat(1500) + "]".repeat(1500),
          "{\"a\":".repeat(1500) + "1" + "}".repeat(1500));

  private JsonDamage() {}

  /**
   * The tree with one to four of its values replaced, moved, doubled or removed; changed itself.
   */
  static JsonNode apply(JsonNode sound, Dice dice) {
    int wounds = 1 + dice.below(4);
    for (int i = 0; i < wounds; i++) {
      List<ContainerNode<?>> places = new ArrayList<>();
      collect(sound, places);
      if (places.isEmpty()) {
        return sound;
      }
      ContainerNode<?> place = dice.of(places);
      JsonNode value = dice.oneIn(3) ? dice.of(places).deepCopy() : odd(dice);
      if (place instanceof ObjectNode object) {
        wound(object, value, dice);
      } else if (place instanceof ArrayNode array) {
        wound(array, value, dice);
      }
    }
    return sound;
  }

  private static void wound(ObjectNode object, JsonNode value, Dice dice) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    if (names.isEmpty()) {
      object.set("new", value);
      return;
    }
    String name = dice.of(names);
    switch (dice.below(6)) {
      case 0 -> object.remove(name);
      case 1 -> object.set(name + "x", object.remove(name));
      case 2 -> object.set(name, object.get(dice.of(names)).deepCopy());
      default -> object.set(name, value);
    }
  }

  private static void wound(ArrayNode array, JsonNode value, Dice dice) {
    int at = dice.below(array.size());
    switch (array.isEmpty() ? 3 : dice.below(5)) {
      case 0 -> array.remove(at);
      case 1 -> array.insert(at, array.get(at).deepCopy());
      case 2, 4 -> array.set(at, value);
      default -> array.insert(at, value);
    }
  }

  private static JsonNode odd(Dice dice) {
    String text = dice.oneIn(3) ? Long.toString(dice.extreme()) : dice.of(ODD);
    return JsonNodeFactory.instance.rawValueNode(new RawValue(text));
  }

  private static void collect(JsonNode node, List<ContainerNode<?>> places) {
    if (node instanceof ContainerNode<?> container) {
      places.add(container);
    }
    node.forEach(child -> collect(child, places));
  }

  /** A tree; a missing node where the text is no JSON within the library's own limits. */
  static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  static byte[] bytes(JsonNode tree) {
    try {
      return JSON.writeValueAsString(tree).getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
