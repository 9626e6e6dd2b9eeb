package ghostbeam.pipelines.page;

import io.pebbletemplates.pebble.extension.AbstractExtension;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Number formats of the page; a missing number is a dash. */
final class PageFilters extends AbstractExtension {
  private static final String NOTHING = "–";

  @Override
  public Map<String, Filter> getFilters() {
    return Map.of(
        "percent", number(value -> format("%.2f", 100 * value)),
        "percent1", number(value -> format("%.1f", 100 * value)),
        "fixed1", number(value -> format("%.1f", value)),
        "fixed4", number(value -> format("%.4f", value)),
        "brief", number(PageFilters::brief),
        "grouped", number(value -> format("%,.0f", value)),
        "p", number(value -> value < 0.0001 ? format("%.1e", value) : format("%.4f", value)));
  }

  /** The shortest form with up to six decimals. */
  private static String brief(double value) {
    return format("%.6f", value).replaceFirst("\\.?0+$", "");
  }

  private static String format(String form, double value) {
    return String.format(Locale.ROOT, form, value);
  }

  private static Filter number(Function<Double, String> writer) {
    return new Filter() {
      @Override
      public Object apply(
          Object input,
          Map<String, Object> args,
          PebbleTemplate self,
          EvaluationContext context,
          int lineNumber) {
        return input instanceof Number number ? writer.apply(number.doubleValue()) : NOTHING;
      }

      @Override
      public List<String> getArgumentNames() {
        return List.of();
      }
    };
  }
}
