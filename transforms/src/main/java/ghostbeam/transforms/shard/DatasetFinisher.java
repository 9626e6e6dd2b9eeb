package ghostbeam.transforms.shard;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.dataset.Rejection;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.PermanentFailure;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes the last files of a dataset, once all shards are written. */
record DatasetFinisher(ShardJob job) {
  private static final int SHOWN = 10;

  /** Writes rejections and class titles, if any, then the manifest. */
  void write(SourceSummary source, List<WrittenShard> written) throws IOException {
    List<ShardSummary> shards =
        written.stream()
            .map(WrittenShard::summary)
            .sorted(Comparator.comparingInt(ShardSummary::shard))
            .toList();
    List<Rejection> rejected =
        shards.stream()
            .flatMap(shard -> shard.rejected().stream())
            .sorted(Comparator.comparing(Rejection::key, Storage.BYTE_ORDER))
            .toList();
    Manifest manifest = manifest(source, shards, rejected.size());
    requireAllAccounted(manifest);
    DatasetFolder output = job.output();
    job.claim().requireHeld();
    output.writeRejections(rejected);
    requireFewRejected(manifest, rejected);
    requireImagesOfEachClass(
        manifest, counts(manifest.classes().size(), shards, ShardSummary::rejectedByLabel));
    Map<String, String> versions = output.versions();
    for (WrittenShard shard : written) {
      shard.requireUntouched(output, versions);
    }
    job.claim().requireHeld();
    output.writeTitles(job.titles().titled(manifest.classes()));
    manifest.withDigest().write(output.storage(), output.folder());
    output.deleteLeftovers();
  }

  private Manifest manifest(SourceSummary source, List<ShardSummary> shards, long rejected) {
    List<Manifest.Shard> files = shards.stream().map(ShardSummary::toManifest).toList();
    return new Manifest(
        Manifest.FORMAT,
        job.output().split(),
        files.stream().mapToLong(Manifest.Shard::records).sum(),
        source.classes(),
        counts(source.classes().size(), shards, ShardSummary::recordsByLabel),
        source.labels(),
        job.seed(),
        job.preparation().toManifest(onlyCodec(shards)),
        source.toManifest(),
        files,
        rejected,
        "");
  }

  private static List<Long> counts(
      int classes, List<ShardSummary> shards, Function<ShardSummary, Map<Integer, Long>> byLabel) {
    return IntStream.range(0, classes)
        .mapToObj(
            label ->
                shards.stream()
                    .mapToLong(shard -> byLabel.apply(shard).getOrDefault(label, 0L))
                    .sum())
        .toList();
  }

  /** Codecs may differ by a grey level, so bytes would depend on which worker wrote a shard. */
  private static String onlyCodec(List<ShardSummary> shards) {
    List<String> codecs = shards.stream().map(ShardSummary::codec).distinct().sorted().toList();
    if (codecs.size() != 1) {
      throw PermanentFailure.because(
          "workers have different JPEG codecs (%s); install TurboJPEG on all of them or on none"
              .formatted(String.join(", ", codecs)));
    }
    return codecs.get(0);
  }

  private static void requireAllAccounted(Manifest manifest) {
    long accounted = manifest.records() + manifest.rejected();
    if (accounted != manifest.source().images()) {
      throw PermanentFailure.because(
          "%s has %d images, but %d were written and %d rejected"
              .formatted(
                  manifest.source().uri(),
                  manifest.source().images(),
                  manifest.records(),
                  manifest.rejected()));
    }
  }

  /** Otherwise a folder that is no class, such as one of thumbnail data, would get a label. */
  private void requireImagesOfEachClass(Manifest manifest, List<Long> rejected) {
    for (int label = 0; label < manifest.classes().size(); label++) {
      if (manifest.labelCounts().get(label) == 0 && rejected.get(label) > 0) {
        throw PermanentFailure.because(
            ("the class %s of %s has no image: all of its %d files were rejected and are in %s;"
                    + " repair those or leave the class out")
                .formatted(
                    manifest.classes().get(label),
                    manifest.source().uri(),
                    rejected.get(label),
                    job.output().rejectedPath()));
      }
    }
  }

  private void requireFewRejected(Manifest manifest, List<Rejection> rejected)
      throws InvalidSourceException {
    boolean none = manifest.records() == 0;
    if (rejected.size() > job.maxRejected() || none) {
      String limit =
          none ? "no image is left" : "more than the %d allowed".formatted(job.maxRejected());
      String first =
          rejected.stream()
              .limit(SHOWN)
              .map(r -> r.key() + " (" + r.step() + ": " + r.reason() + ")")
              .collect(Collectors.joining(", "));
      throw PermanentFailure.of(
          new InvalidSourceException(
              "%d of %d images were rejected, %s: %s%s; all of them are in %s"
                  .formatted(
                      rejected.size(),
                      manifest.source().images(),
                      limit,
                      first,
                      rejected.size() > SHOWN ? ", …" : "",
                      job.output().rejectedPath()),
              none ? SourceRemedy.REPAIR.with() : SourceRemedy.REPAIR_OR_ALLOW_REJECTIONS.with()));
    }
  }
}
