package ghostbeam.transforms.training;

import ghostbeam.model.record.Storage;
import ghostbeam.model.training.Trainer;
import ghostbeam.model.training.TrainingJob;
import java.io.IOException;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Runs one training on one slot. Its output is the training's folder, once, after the last
 * checkpoint is written; a training that fails fails the job with its own message.
 */
public final class TrainRank extends PTransform<PBegin, PCollection<String>> {
  private static final long serialVersionUID = 1L;

  private final Storage storage;
  private final TrainingJob job;

  public TrainRank(Storage storage, TrainingJob job) {
    this.storage = storage;
    this.job = job;
  }

  @Override
  public PCollection<String> expand(PBegin input) {
    return input
        .apply("Job", Create.of(job).withCoder(SerializableCoder.of(TrainingJob.class)))
        .apply("Train", ParDo.of(new TrainFn(storage)))
        .setCoder(StringUtf8Coder.of());
  }

  private static final class TrainFn extends DoFn<TrainingJob, String> {
    private static final long serialVersionUID = 1L;

    private final Storage storage;

    TrainFn(Storage storage) {
      this.storage = storage;
    }

    @ProcessElement
    public void train(@Element TrainingJob job, OutputReceiver<String> output)
        throws IOException, InterruptedException {
      Trainer.run(storage, job);
      output.output(job.output());
    }
  }
}
