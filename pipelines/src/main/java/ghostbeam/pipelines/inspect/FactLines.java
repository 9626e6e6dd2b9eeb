package ghostbeam.pipelines.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Formats facts for people: one per line, names in a column, groups indented. */
final class FactLines {
  /** Longer lists are cut; the JSON has them in full. */
  private static final int LONGEST_LIST = 12;

  private static final int LONGEST_ROW = 4;

  /** The JSON has all digits. */
  private static final MathContext DIGITS = new MathContext(6);

  private FactLines() {}

  static String of(ObjectNode facts) {
    StringBuilder text = new StringBuilder();
    append(text, facts, "");
    return text.toString();
  }

  private static void append(StringBuilder text, ObjectNode facts, String indent) {
    facts
        .properties()
        .forEach(
            fact -> {
              JsonNode value = fact.getValue();
              if (value instanceof ObjectNode group) {
                text.append(indent).append(fact.getKey()).append('\n');
                append(text, group, indent + "  ");
              } else if (value.isArray()
                  && value.size() > 0
                  && value.get(0) instanceof ObjectNode) {
                for (JsonNode group : value) {
                  append(text, indent, fact.getKey(), (ObjectNode) group);
                }
              } else if (!value.isArray() || value.size() > 0) {
                text.append(String.format("%-26s%s%n", indent + fact.getKey(), shown(value)));
              }
            });
  }

  /** One of several groups; a small group of plain values takes one line. */
  private static void append(StringBuilder text, String indent, String name, ObjectNode group) {
    List<JsonNode> values = group.properties().stream().map(Map.Entry::getValue).toList();
    if (values.size() <= LONGEST_ROW && values.stream().allMatch(JsonNode::isValueNode)) {
      String row = values.stream().map(JsonNode::asText).collect(Collectors.joining("  "));
      text.append(String.format("%-26s%s%n", indent + name, row));
    } else {
      text.append(indent).append(name).append('\n');
      append(text, group, indent + "  ");
    }
  }

  private static String shown(JsonNode value) {
    if (value.isIntegralNumber()) {
      return String.format(Locale.ROOT, "%,d", value.longValue());
    }
    if (value.isFloatingPointNumber() && Double.isFinite(value.doubleValue())) {
      return value.decimalValue().round(DIGITS).stripTrailingZeros().toPlainString();
    }
    if (!value.isArray()) {
      return value.asText();
    }
    String items =
        StreamSupport.stream(value.spliterator(), false)
            .limit(LONGEST_LIST)
            .map(FactLines::shown)
            .collect(Collectors.joining(", "));
    int more = value.size() - LONGEST_LIST;
    return more > 0 ? items + " and " + more + " more" : items;
  }
}
