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
 * Runs many trainings of one rank, each whole on one slot and one thread, any number of them over
 * any number of slots.
 *
 * <pre>{@code
 * List<TrainingJob> jobs = List.of(TrainingJob.of(narrow, data, "narrow"), TrainingJob.of(wide, data, "wide"));
 * PCollection<String> folders = pipeline.apply(TrainEach.of(storage, jobs));
 * }</pre>
 *
 * <p>Output: each training's folder, in no order, after its last checkpoint is written, as a UTF-8
 * string. A slot gets its next training when it is through with the last, as far as the runner
 * hands out a source's parts one by one.
 *
 * <p>The bytes that a training ends with do not depend on where, when or beside what it ran. One
 * whose state its folder holds goes on from there, whoever left it, and one that is through is not
 * repeated: so where a worker is lost, and with it perhaps the job, trainings that are done stay
 * done. One that fails fails the job, with a message that begins with its folder. Metric {@code
 * trainings_done} counts those that ended.
 */
public final class TrainEach extends PTransform<PBegin, PCollection<String>> {
  private static final long serialVersionUID = 1L;

  /** Under which logging's context names the training that speaks, with a colon and a space. */
  public static final String LOGGED_AS = "training";

  private final Storage storage;
  private final List<TrainingJob> jobs;

  private TrainEach(Storage storage, List<TrainingJob> jobs) {
    this.storage = storage;
    this.jobs = jobs;
  }

  /**
   * Trainings to run, in about this order.
   *
   * @param storage where their data and outputs are
   * @throws IllegalArgumentException where one is of several ranks, or two have one folder
   */
  public static TrainEach of(Storage storage, List<TrainingJob> jobs) {
    for (TrainingJob job : jobs) {
      if (job.recipe().batching().ranks() != 1) {
        throw new IllegalArgumentException(job.output() + " is to be trained by several ranks");
      }
    }
    if (jobs.stream().map(TrainingJob::output).distinct().count() < jobs.size()) {
      throw new IllegalArgumentException("two trainings have one folder");
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
      MDC.put(LOGGED_AS, job.output() + ": ");
      try {
        Trainer.run(storage, job, Collective.alone());
      } catch (IOException | IllegalStateException e) {
        IOException told = new IOException(job.output() + ": " + e.getMessage(), e);
        if (TrainGang.isPermanent(e)) {
          throw PermanentFailure.of(told);
        }
        throw told;
      } finally {
        MDC.remove(LOGGED_AS);
      }
      done.inc();
      output.output(job.output());
    }
  }
}
