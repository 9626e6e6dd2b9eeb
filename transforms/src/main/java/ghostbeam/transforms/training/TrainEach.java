package ghostbeam.transforms.training;

import ghostbeam.model.distributed.Collective;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.Trainer;
import ghostbeam.model.training.TrainingJob;
import ghostbeam.transforms.evaluation.PlanBatches;
import ghostbeam.transforms.evaluation.RecordRange;
import ghostbeam.transforms.execution.PermanentFailure;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.slf4j.MDC;

/**
 * Runs many independent single-rank trainings, each on one slot and one thread.
 *
 * <pre>{@code
 * List<TrainingJob> jobs = List.of(TrainingJob.of(narrow, data, "narrow"), TrainingJob.of(wide, data, "wide"));
 * PCollection<String> folders = pipeline.apply(TrainEach.of(storage, jobs));
 * }</pre>
 *
 * <p>Output: each training's folder as a UTF-8 string, in no order, once its last checkpoint is
 * written. A slot gets its next training when it has finished the last, if the runner assigns source
 * splits on demand.
 *
 * <p>A training's results are the same bytes wherever and whenever it runs. It resumes from the state
 * in its folder, if there is one, and a finished training is not repeated, so finished work survives
 * the loss of a worker or of the job. A training that fails fails the job, with a message that starts
 * with its folder. The metric {@code trainings_done} counts finished trainings.
 */
public final class TrainEach extends PTransform<PBegin, PCollection<String>> {
  private static final long serialVersionUID = 1L;

  /** The MDC key with the training's folder, followed by a colon and a space. */
  public static final String MDC_KEY = "training";

  private final Storage storage;
  private final List<TrainingJob> jobs;

  private TrainEach(Storage storage, List<TrainingJob> jobs) {
    this.storage = storage;
    this.jobs = jobs;
  }

  /**
   * Runs trainings, in roughly this order.
   *
   * @param storage of their data and outputs
   * @throws IllegalArgumentException if one has several ranks, or two share a folder
   */
  public static TrainEach of(Storage storage, List<TrainingJob> jobs) {
    for (TrainingJob job : jobs) {
      if (job.recipe().batching().ranks() != 1) {
        throw new IllegalArgumentException(job.output() + " has several ranks; each of these trainings must have one");
      }
    }
    if (jobs.stream().map(TrainingJob::output).distinct().count() < jobs.size()) {
      throw new IllegalArgumentException("two trainings share a folder");
    }
    return new TrainEach(
        storage, jobs.stream().map(job -> job.withCores(1).withResume(true)).toList());
  }

  @Override
  public PCollection<String> expand(PBegin input) {
    return input
        .apply("Number", new PlanBatches(new RecordRange(0, jobs.size()), 1))
        .apply("Train", ParDo.of(new TrainEachFn(storage, jobs)))
        .setCoder(StringUtf8Coder.of());
  }

  private static final class TrainEachFn extends DoFn<Long, String> {
    private static final long serialVersionUID = 1L;

    private final Storage storage;
    private final List<TrainingJob> jobs;
    private final Counter done = Metrics.counter(TrainEach.class, "trainings_done");

    TrainEachFn(Storage storage, List<TrainingJob> jobs) {
      this.storage = storage;
      this.jobs = jobs;
    }

    @ProcessElement
    public void train(@Element Long number, OutputReceiver<String> output) throws Exception {
      TrainingJob job = jobs.get(number.intValue());
      MDC.put(MDC_KEY, job.output() + ": ");
      try {
        Trainer.run(storage, job, Collective.alone());
      } catch (IOException | IllegalStateException e) {
        IOException failure = new IOException(job.output() + ": " + e.getMessage(), e);
        if (TrainGang.isPermanent(e)) {
          throw PermanentFailure.of(failure);
        }
        throw failure;
      } finally {
        MDC.remove(MDC_KEY);
      }
      done.inc();
      output.output(job.output());
    }
  }
}
