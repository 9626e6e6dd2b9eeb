package ghostbeam.model.training;

import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.EpochPlan;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows an epoch's last step: all ranks validate; rank 0 writes checkpoints and logs. */
record EpochEnd(
    TrainingJob job,
    Manifest data,
    Collective collective,
    Validation validation,
    KeptCheckpoints checkpoints,
    TrainingLog log) {
  private static final Logger LOG = LoggerFactory.getLogger(EpochEnd.class);

  /**
   * Ends an epoch.
   *
   * @throws DivergedException where it learned nothing, or weights are not finite
   * @throws IOException where ranks hold different weights, or a file cannot be written
   */
  void finish(EpochPlan plan, LossMeter meter, Learner learner)
      throws IOException, InterruptedException {
    int epoch = plan.epoch();
    if (meter.skipped() == plan.steps()) {
      throw new DivergedException(
          "the gradients of all steps of epoch %d overflowed; nothing was learned".formatted(epoch),
          ModelRemedy.LOWER_LOSS_SCALE.with(job.recipe().mixedPrecision().lossScale()));
    }
    learner.requireSameOnAllRanks(epoch);
    learner.requireFinite(epoch, (long) epoch * plan.steps());
    Weights raw = learner.weights();
    Weights averaged = learner.averaged().orElse(null);
    long[] correct = correct(raw, averaged);
    if (collective.rank() == 0) {
      keep(plan, raw, averaged, correct);
      logEpoch(plan, meter, averaged != null, correct);
    }
  }

  private void keep(EpochPlan plan, Weights raw, Weights averaged, long[] correct)
      throws IOException {
    int epoch = plan.epoch();
    long step = (long) epoch * plan.steps();
    boolean save = epoch % job.bookkeeping().ckptSaveEpoch() == 0 || epoch == epochs();
    if (averaged != null) {
      checkpoints.offerAveraged(info(epoch, step, WeightKind.EMA), averaged, correct[1], save);
    }
    checkpoints.offer(info(epoch, step, WeightKind.RAW), raw, correct[0], save);
  }

  private void logEpoch(EpochPlan plan, LossMeter meter, boolean averages, long[] correct)
      throws IOException {
    if (plan.epoch() == 1 && plan.leftOut() > 0) {
      LOG.info("of each epoch's images, {} do not fill a step and are left out", plan.leftOut());
    }
    double records = validation.records();
    log.epoch(
        new LogLine.Epoch(
            plan.epoch(),
            epochs(),
            (long) plan.epoch() * plan.steps(),
            meter.mean(),
            correct[0] / records,
            averages ? Double.valueOf(correct[1] / records) : null,
            meter.images(),
            plan.leftOut(),
            meter.skipped()));
  }

  private int epochs() {
    return job.recipe().learningRate().epochs();
  }

  private long[] correct(Weights raw, Weights averaged) throws IOException, InterruptedException {
    List<Classifier> classifiers = new ArrayList<>();
    try {
      classifiers.add(Classifier.of(job.spec().architecture(), raw));
      if (averaged != null) {
        classifiers.add(Classifier.of(job.spec().architecture(), averaged));
      }
      return validation.correct(classifiers);
    } finally {
      classifiers.forEach(Classifier::close);
    }
  }

  private CheckpointInfo info(int epoch, long step, WeightKind weights) {
    return new CheckpointInfo(
        job.spec().architecture(),
        weights,
        new CheckpointInfo.Training(epoch, step, data.digest(), job.recipeJson()),
        data.classes(),
        job.spec().validationView());
  }
}
