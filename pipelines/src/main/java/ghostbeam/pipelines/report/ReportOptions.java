package ghostbeam.pipelines.report;

import ghostbeam.pipelines.verdict.VerdictOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code report}. */
public interface ReportOptions extends VerdictOptions {

  @Validation.Required
  @Description(
      "Folders of finished evaluations of the same dataset, comma-separated. Local paths or gs://,"
          + " s3:// URIs. Required. Example: --evaluations=monday/report,tuesday/report")
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
