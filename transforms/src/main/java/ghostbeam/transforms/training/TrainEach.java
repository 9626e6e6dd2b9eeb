package ghostbeam.transforms.training;

import ghostbeam.model.distributed.Collective;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.DivergedException;
import ghostbeam.model.training.Trainer;
import ghostbeam.model.training.TrainingJob;
import ghostbeam.transforms.evaluation.PlanBatches;
import ghostbeam.transforms.evaluation.RecordRange;
import ghostbeam.transforms.execution.PermanentFailure;
import java.io.IOException;
import java.util.List;
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
 * PCollection<TrainingOutcome> outcomes = pipeline.apply(TrainEach.of(storage, jobs));
 * }</pre>
 *
 * <p>Output: how each training ended, in no order: trained, after its last checkpoint is written,
 * or diverged. A slot gets its next training as soon as it has finished one, as far as the runner
 * hands out a source's parts one by one.
 *
 * <p>The bytes that a training ends with do not depend on where, when or beside what it ran. One
 * whose state is in its folder resumes from there, whoever saved it, and a finished one is not
 * repeated: if a worker is lost, and with it perhaps the job, finished trainings are kept. A
 * training that fails otherwise than by diverging fails the job, with a message that begins with
 * its folder. Metric {@code trainings_done} counts those that ended.
 */
public final class TrainEach extends PTransform<PBegin, PCollection<TrainingOutcome>> {
  private static final long serialVersionUID = 1L;

  /** The key in the logging context of the prefix that names the training. */
  public static final String LOGGED_AS = "training";

  private final Storage storage;
  private final List<TrainingJob> jobs;

  private TrainEach(Storage storage, List<TrainingJob> jobs) {
    this.storage = storage;
    this.jobs = jobs;
  }

  /**
   * Runs these trainings, in about this order.
   *
   * @param storage of their data and outputs
   * @throws IllegalArgumentException if one has several ranks, or two have the same folder
   */
  public static TrainEach of(Storage storage, List<TrainingJob> jobs) {
    for (TrainingJob job : jobs) {
      if (job.recipe().batching().ranks() != 1) {
        throw new IllegalArgumentException(job.output() + " has several ranks");
      }
    }
    if (jobs.stream().map(TrainingJob::output).distinct().count() < jobs.size()) {
      throw new IllegalArgumentException("two trainings have the same folder");
    }
    return new TrainEach(
        storage, jobs.stream().map(job -> job.withCores(1).withResume(true)).toList());
  }

  @Override
  public PCollection<TrainingOutcome> expand(PBegin input) {
    return input
        .apply("Number", new PlanBatches(new RecordRange(0, jobs.size()), 1))
        .apply("Train", ParDo.of(new TrainEachFn(storage, jobs)))
        .setCoder(TrainingOutcomeCoder.of());
  }

  private static final class TrainEachFn extends DoFn<Long, TrainingOutcome> {
    private static final long serialVersionUID = 1L;

    private final Storage storage;
    private final List<TrainingJob> jobs;
    private final Counter done = Metrics.counter(TrainEach.class, "trainings_done");

    TrainEachFn(Storage storage, List<TrainingJob> jobs) {
      this.storage = storage;
      this.jobs = jobs;
    }

    @ProcessElement
    public void train(@Element Long number, OutputReceiver<TrainingOutcome> output)
        throws Exception {
      TrainingJob job = jobs.get(number.intValue());
      MDC.put(LOGGED_AS, job.output() + ": ");
      TrainingOutcome outcome;
      try {
        outcome = outcome(job);
      } catch (IOException | IllegalStateException e) {
        IOException named = new IOException(job.output() + ": " + e.getMessage(), e);
        if (TrainGang.isPermanent(e)) {
          throw PermanentFailure.of(named);
        }
        throw named;
      } finally {
        MDC.remove(LOGGED_AS);
      }
      done.inc();
      output.output(outcome);
    }

    private TrainingOutcome outcome(TrainingJob job) throws IOException, InterruptedException {
      try {
        Trainer.run(storage, job, Collective.alone());
        return new TrainingOutcome.Trained(job.output());
      } catch (DivergedException e) {
        return new TrainingOutcome.Diverged(job.output(), e.getMessage(), e.advice().orElseThrow());
      }
    }
  }
}
