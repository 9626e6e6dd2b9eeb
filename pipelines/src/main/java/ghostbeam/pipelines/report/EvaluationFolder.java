package ghostbeam.pipelines.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import ghostbeam.model.scoring.CoverageException;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.page.ClassTitles;
import ghostbeam.pipelines.page.ReportPage;
import ghostbeam.pipelines.verdict.Gate;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.transforms.prediction.WritePredictions;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A folder that holds, or will hold, an evaluation: {@code report.json}, {@code report.csv}, {@code
 * report.md}, {@code report.html}, {@code tallies/} and, if requested, {@code predictions/}. {@code
 * report.json} is written last, so without it there is no evaluation yet.
 *
 * @param storage where it lies
 * @param folder its path
 */
public record EvaluationFolder(Storage storage, String folder) implements Serializable {
  private static final String REPORT = "report.json";
  private static final String PAGE = "report.html";
  private static final String TABLE = "report.csv";
  private static final String TEXT = "report.md";

  /** Whole files, and the parts that a killed run leaves. */
  private static final Pattern OF_TALLIES = Pattern.compile(".*\\.tally(\\.part)?");

  private static final Pattern OF_PREDICTIONS =
      Pattern.compile(".*\\.csv\\.gz(\\.[0-9]{6,}\\.part)?(\\.part)?");

  private static final int LARGEST_JSON = 64 << 20;
  private static final int LARGEST_TALLY = 1 << 30;

  /** A JSON tree of the smallest tokens takes 30 times their bytes. */
  private static final long MOST_TOKENS = 4 << 20;

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
              .build());

  /** Two spaces and line feeds on every machine. */
  private static final ObjectWriter JSON_WRITER =
      JSON.writer(
          new DefaultPrettyPrinter(
                  Separators.createDefaultInstance()
                      .withObjectFieldValueSpacing(Separators.Spacing.AFTER))
              .withObjectIndenter(new DefaultIndenter("  ", "\n")));

  /** Path of report.json. */
  public String report() {
    return Storage.resolve(folder, REPORT);
  }

  /** Path of report.html. */
  public String page() {
    return Storage.resolve(folder, PAGE);
  }

  /** Path of a checkpoint's tally; a name with slashes leads into sub-folders. */
  public String tally(String checkpoint) {
    return Storage.resolve(tallies(), checkpoint + ".tally");
  }

  /** Path of a checkpoint's predictions. */
  public String predictions(String checkpoint) {
    return Storage.resolve(predictions(), checkpoint + ".csv.gz");
  }

  private String predictions() {
    return Storage.resolve(folder, "predictions");
  }

  /** Deletes the parts that prediction files were assembled from. */
  public void deletePredictionParts() throws IOException {
    for (Storage.Entry part : storage.list(predictions())) {
      if (WritePredictions.isPart(part.path()) && OF_PREDICTIONS.matcher(part.path()).matches()) {
        storage.delete(part.path());
      }
    }
  }

  private String tallies() {
    return Storage.resolve(folder, "tallies");
  }

  /** Path of the lock that a run holds while it writes here. */
  public String lock() {
    return Storage.resolve(folder, "report.lock");
  }

  /**
   * Rejects a finished evaluation that may not be overwritten.
   *
   * @throws IOException naming it and the flag
   */
  public void requireFree(boolean overwrite) throws IOException {
    if (!overwrite && storage.exists(report())) {
      throw new IOException(
          report() + " exists; choose another --output, or --overwrite to replace it");
    }
  }

  /**
   * Deletes an earlier evaluation, report.json first, so that the rest does not count as one. Files
   * that an evaluation does not write stay.
   */
  public void clear() throws IOException {
    for (String name : List.of(REPORT, TABLE, TEXT, PAGE)) {
      storage.delete(Storage.resolve(folder, name));
    }
    clear(tallies(), OF_TALLIES);
    clear(predictions(), OF_PREDICTIONS);
  }

  private void clear(String below, Pattern ours) throws IOException {
    for (Storage.Entry stale : storage.list(below)) {
      if (ours.matcher(stale.path()).matches()) {
        storage.delete(stale.path());
      }
    }
  }

  /** A checkpoint's tally. */
  public Tally readTally(String checkpoint) throws IOException {
    String path = tally(checkpoint);
    byte[] bytes = storage.readWhole(path, LARGEST_TALLY);
    try {
      return Tally.fromBytes(bytes);
    } catch (IOException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  /**
   * Applies the gate to the best checkpoint and writes all files, each atomically, report.json
   * last.
   *
   * @param ungated the report before the gate, with tallies in its rows
   * @param titles human-readable class titles
   */
  public Report write(Report ungated, Gate gate, ClassTitles titles) throws IOException {
    Report report = ungated.with(gate.judge(ungated));
    for (Row row : report.checkpoints()) {
      storage.writeWhole(tally(row.name()), ByteBuffer.wrap(row.tally().toBytes()));
    }
    writeText(TABLE, ReportCsv.of(report));
    writeText(TEXT, ReportMarkdown.of(report));
    writeText(PAGE, ReportPage.of(report, titles, storage));
    writeText(REPORT, JSON_WRITER.writeValueAsString(report) + "\n");
    return report;
  }

  private void writeText(String name, String text) throws IOException {
    storage.writeWhole(
        Storage.resolve(folder, name), ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The report of a finished evaluation; if there is none, the exception says what to do. */
  public Report readReport() throws IOException {
    if (!storage.exists(report())) {
      throw new IOException(
          folder
              + " holds no finished evaluation (no report.json); run evaluate with this --output");
    }
    return readReport(storage, report());
  }

  /** Reads a report.json by its path. */
  public static Report readReport(Storage storage, String path) throws IOException {
    try {
      Report report = JSON.readValue(storage.readWhole(path, LARGEST_JSON), Report.class);
      ReportValidation.require(report);
      return report;
    } catch (JsonProcessingException e) {
      throw new IOException(path + " is not a report that this version reads: " + firstLine(e), e);
    } catch (IllegalArgumentException e) {
      throw new IOException(path + " is not an evaluation's report.json: " + e.getMessage(), e);
    }
  }

  private void requireCoverage(Report report, Row row, Tally tally) throws IOException {
    try {
      tally.requireCoverage(row.complete() ? report.dataset().records() : tally.records());
    } catch (CoverageException e) {
      throw new IOException(tally(row.name()) + " does not fit its report: " + e.getMessage(), e);
    }
    if (tally.classes() != report.dataset().classes().size()) {
      throw new IOException(
          "%s has %d classes, its report %d"
              .formatted(tally(row.name()), tally.classes(), report.dataset().classes().size()));
    }
  }

  private static String firstLine(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("broken JSON");
  }

  /** The rows of a finished evaluation, best first, with their tallies. */
  public List<Row> readRows(Report report) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Row row : report.checkpoints()) {
      Tally tally = readTally(row.name());
      if (!tally.checkpoint().equals(row.name())) {
        throw new IOException(
            "%s is the tally of %s; restore it or evaluate again"
                .formatted(tally(row.name()), tally.checkpoint()));
      }
      requireCoverage(report, row, tally);
      rows.add(row.with(tally));
    }
    return rows;
  }
}
