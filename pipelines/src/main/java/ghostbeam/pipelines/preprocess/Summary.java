package ghostbeam.pipelines.preprocess;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.dataset.Rejection;
import ghostbeam.transforms.shard.WriteShards;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsFilter;

/** The summary that a run prints at its end: a headline, a table, the digest. */
record Summary(DatasetFolder output, MetricResults metrics, double seconds) {
  private static final double MIB = 1 << 20;

  String text() throws IOException {
    Manifest manifest = output.manifest();
    Map<String, String> rows = rows(manifest);
    int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
    int right = rows.values().stream().mapToInt(String::length).max().orElse(0);
    StringBuilder text = new StringBuilder(headline(manifest));
    rows.forEach(
        (what, value) ->
            text.append(String.format("| %-" + width + "s | %" + right + "s |%n", what, value)));
    return text.append("digest ")
        .append(manifest.digest())
        .append(System.lineSeparator())
        .toString();
  }

  private String headline(Manifest manifest) {
    return String.format(
        Locale.ROOT,
        "%s: %,d images of %d classes in %d shards, %s; %d rejected; %.1f s, %s%n",
        manifest.split(),
        manifest.records(),
        manifest.classes().size(),
        manifest.shards().size(),
        mib(bytes(manifest)),
        manifest.rejected(),
        seconds,
        rate(manifest));
  }

  private Map<String, String> rows(Manifest manifest) throws IOException {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("images in the source", count(manifest.source().images()));
    Map<String, Long> counters = counters(WriteShards.class.getName());
    counters(WriteShards.LEFT_OUT)
        .forEach((kind, files) -> rows.put("left out: " + kind, count(files)));
    rows.put("records written", count(manifest.records()));
    rows.put("bytes in", mib(counters.get(WriteShards.SOURCE_BYTES)));
    rows.put("bytes out", mib(bytes(manifest)));
    counters(WriteShards.CONVERTED)
        .forEach((format, images) -> rows.put("converted from " + format, count(images)));
    if (manifest.rejected() > 0) {
      rejectedByReason().forEach((reason, n) -> rows.put("rejected: " + reason, count(n)));
    }
    Long kept = counters.get(WriteShards.KEPT);
    if (kept != null && kept > 0) {
      rows.put("shards kept from an earlier run", count(kept));
    }
    rows.put("rate", rate(manifest));
    return rows;
  }

  /** Counts by reason; reasons that differ only in numbers count as one. */
  private Map<String, Long> rejectedByReason() throws IOException {
    Map<String, Long> reasons = new TreeMap<>();
    for (Rejection rejection : output.rejections()) {
      String reason = rejection.reason().replaceAll("\\b(?:[0-9a-f]{8}|\\d[\\d,.]*)\\b", "#");
      reasons.merge(rejection.step() + ", " + reason, 1L, Long::sum);
    }
    return reasons;
  }

  private Map<String, Long> counters(String namespace) {
    Map<String, Long> counters = new TreeMap<>();
    MetricsFilter filter =
        MetricsFilter.builder().addNameFilter(MetricNameFilter.inNamespace(namespace)).build();
    for (MetricResult<Long> counter : metrics.queryMetrics(filter).getCounters()) {
      counters.merge(counter.getName().getName(), counter.getAttempted(), Long::sum);
    }
    return counters;
  }

  private static long bytes(Manifest manifest) {
    return manifest.shards().stream().mapToLong(Manifest.Shard::bytes).sum();
  }

  private String rate(Manifest manifest) {
    return String.format(Locale.ROOT, "%,.0f images/s", manifest.source().images() / seconds);
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String mib(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MiB", bytes / MIB);
  }
}
