package ghostbeam.pipelines.export;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/** Flags of {@code export}. */
public interface ExportOptions extends PipelineOptions {

  @Validation.Required
  @Description(
      "Checkpoint file to export. Local path or gs://, s3:// URI. Required."
          + " Example: --checkpoint=runs/b1/checkpoints/best.safetensors")
  String getCheckpoint();

  void setCheckpoint(String checkpoint);

  @Validation.Required
  @Description(
      "TorchScript file to write. Local path or gs://, s3:// URI. Required. Example: --to=b1.pt")
  String getTo();

  void setTo(String to);

  @Description(
      "Arithmetic of the module's convolutions: float32, or bf16, which is faster on processors"
          + " that have it and rounds to 8 bits. Default: float32. Example: --precision=bf16")
  @Default.String("float32")
  String getPrecision();

  void setPrecision(String precision);

  @Description("Replace an existing file at --to. Default: false. Example: --overwrite")
  @Default.Boolean(false)
  boolean isOverwrite();

  void setOverwrite(boolean overwrite);
}
