package ghostbeam.pipelines.train;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Flags of what a training writes; they may change when it is resumed. */
@Description("log, checkpoints and states:")
public interface BookkeepingOptions extends PipelineOptions {

  @Description("Steps between two lines of the log. Default: 100. Example: --perPrintTimes=10")
  @Default.Integer(100)
  int getPerPrintTimes();

  void setPerPrintTimes(int perPrintTimes);

  @Description(
      "Epochs between two kept checkpoints; the last epoch is always kept. Default: 5. "
          + "Example: --ckptSaveEpoch=1")
  @Default.Integer(5)
  int getCkptSaveEpoch();

  void setCkptSaveEpoch(int ckptSaveEpoch);

  @Description("Number of those to keep, the newest. Default: 5. Example: --keepCheckpoints=32")
  @Default.Integer(5)
  int getKeepCheckpoints();

  void setKeepCheckpoints(int keepCheckpoints);

  @Description(
      "Steps between two saved states, besides the one at each epoch's end; 0 for only that one. "
          + "Default: 1000. Example: --stateSaveSteps=200")
  @Default.Integer(1000)
  int getStateSaveSteps();

  void setStateSaveSteps(int stateSaveSteps);
}
