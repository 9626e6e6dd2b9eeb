package ghostbeam.pipelines.report;

import ghostbeam.pipelines.verdict.VerdictOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code report}. */
public interface ReportOptions extends VerdictOptions {

  @Validation.Required
  @Description(
      "Folders of finished evaluations, comma-separated: of the same dataset, which makes one"
          + " leaderboard, or of several test sets, which makes a table of checkpoints by sets,"
          + " with the drop from the first. Local paths or gs://, s3:// URIs. Required. Example:"
          + " --evaluations=val/report,v2/report,sketch/report")
  String getEvaluations();

  void setEvaluations(String evaluations);

  @Validation.Required
  @Description(
      "Folder for the joined report. Local path or gs://, s3:// URI. Required."
          + " Example: --output=week/report")
  String getOutput();

  void setOutput(String output);

  @Description("Replace a report that --output already holds. Default: false. Example: --overwrite")
  @Default.Boolean(false)
  boolean isOverwrite();

  void setOverwrite(boolean overwrite);
}
