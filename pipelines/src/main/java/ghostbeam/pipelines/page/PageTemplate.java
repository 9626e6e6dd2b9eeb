package ghostbeam.pipelines.page;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Fills in HTML templates; each page is one file that needs no other file and no network. */
public final class PageTemplate {
  private static final String HERE = "ghostbeam/pipelines/page/";
  private static final String D3 = "META-INF/resources/webjars/d3/7.9.0/dist/d3.min.js";

  private PageTemplate() {}

  /**
   * Fills a template in.
   *
   * @param template file name of the template
   * @param model values by name; style and scripts are added. Data for {@code report.js} must come
   *     from {@link #inScript}
   */
  public static String fill(String template, Map<String, Object> model) throws IOException {
    Map<String, Object> all = new HashMap<>(model);
    all.put("style", resource(HERE + "report.css"));
    all.put(
        "scripts",
        List.of(
            resource(D3), resource(HERE + "plot-0.6.17.umd.min.js"), resource(HERE + "report.js")));
    StringWriter page = new StringWriter();
    engine().getTemplate(HERE + template).evaluate(page, all);
    return page.toString();
  }

  /** Makes JSON safe inside a script element. */
  public static String inScript(String json) {
    return json.replace("<", "\\u003c");
  }

  private static PebbleEngine engine() {
    return new PebbleEngine.Builder()
        .loader(new ClasspathLoader(PageTemplate.class.getClassLoader()))
        .extension(new PageFilters())
        .defaultLocale(Locale.ROOT)
        .strictVariables(true)
        .newLineTrimming(true)
        .cacheActive(false)
        .build();
  }

  private static String resource(String path) throws IOException {
    try (InputStream in = PageTemplate.class.getClassLoader().getResourceAsStream(path)) {
      if (in == null) {
        throw new IOException("the build lacks " + path + "; build again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
