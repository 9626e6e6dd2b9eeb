package ghostbeam.transforms.training;

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.distributed.Gang;
import ghostbeam.model.distributed.Interruption;
import ghostbeam.model.recipe.Setting;
import ghostbeam.model.record.CorruptRecordException;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.DivergedException;
import ghostbeam.model.training.Trainer;
import ghostbeam.model.training.TrainingJob;
import ghostbeam.transforms.execution.EvenKeys;
import ghostbeam.transforms.execution.PermanentFailure;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Runs one distributed training: each rank on its own slot, all at the same time.
 *
 * <pre>{@code
 * try (Rendezvous ranks = Rendezvous.open(storage, job.folder().meeting(), 4, host, timeout)) {
 *   pipeline.apply(TrainGang.of(storage, job, ranks.gang()));
 *   pipeline.run().waitUntilFinish();
 * }
 * }</pre>
 *
 * <p>Output: one element, the training's folder as a UTF-8 string, once the last checkpoint is
 * written. A rank that fails fails the job, with a message that names it.
 *
 * <p>With a parallelism of {@link #slots} every rank has its own slot. With less, the ranks that
 * have a slot wait for the others until a timeout, and fail saying so.
 */
public final class TrainGang extends PTransform<PBegin, PCollection<String>> {
  private static final long serialVersionUID = 1L;

  /** Failures that would recur when resuming from the same saved state. */
  public static final List<Class<? extends Exception>> NOT_RETRYABLE =
      List.of(
          DivergedException.class, CorruptRecordException.class, UndecodableImageException.class);

  /** Keys are sure to spread evenly over any number of slots that divides this. */
  private static final int EVEN = 10_080;

  private final Storage storage;
  private final TrainingJob job;
  private final Gang gang;

  /**
   * Runs a training.
   *
   * @param storage of its data and output
   * @param gang of its ranks, whose rendezvous must stay open until the pipeline has ended
   */
  public static TrainGang of(Storage storage, TrainingJob job, Gang gang) {
    return new TrainGang(storage, job, gang);
  }

  private TrainGang(Storage storage, TrainingJob job, Gang gang) {
    this.storage = storage;
    this.job = job;
    this.gang = gang;
  }

  /**
   * The smallest parallelism at which each rank is sure to get its own slot.
   *
   * @throws IllegalArgumentException for more than 10,080 ranks
   */
  public static int slots(int ranks) {
    Setting.require(ranks <= EVEN, "ranks", "at most " + EVEN, ranks);
    return IntStream.rangeClosed(ranks, EVEN)
        .filter(slots -> EVEN % slots == 0)
        .findFirst()
        .orElseThrow();
  }

  /** Whether a retry from the same saved state would fail again, or the user has interrupted. */
  static boolean isPermanent(Exception failure) {
    return Interruption.isRequested()
        || Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
            .anyMatch(cause -> NOT_RETRYABLE.stream().anyMatch(type -> type.isInstance(cause)));
  }

  @Override
  public PCollection<String> expand(PBegin input) {
    List<Integer> ranks = IntStream.range(0, gang.size()).boxed().toList();
    return input
        .apply("Ranks", Create.of(ranks).withCoder(VarIntCoder.of()))
        .apply(
            "Key by slot",
            WithKeys.of((Integer rank) -> EvenKeys.of(rank))
                .withKeyType(TypeDescriptors.integers()))
        .apply("Spread over slots", GroupByKey.create())
        .apply("Train", ParDo.of(new TrainFn(storage, job, gang)))
        .setCoder(StringUtf8Coder.of());
  }

  private static final class TrainFn extends DoFn<KV<Integer, Iterable<Integer>>, String> {
    private static final long serialVersionUID = 1L;

    private final Storage storage;
    private final TrainingJob job;
    private final Gang gang;

    TrainFn(Storage storage, TrainingJob job, Gang gang) {
      this.storage = storage;
      this.job = job;
      this.gang = gang;
    }

    @ProcessElement
    public void train(@Element KV<Integer, Iterable<Integer>> ranks, OutputReceiver<String> output)
        throws Exception {
      for (int rank : ranks.getValue()) {
        train(rank);
        if (rank == 0) {
          output.output(job.output());
        }
      }
    }

    private void train(int rank) throws Exception {
      try {
        gang.run(storage, rank, collective -> Trainer.run(storage, job, collective));
      } catch (IOException | IllegalStateException e) {
        if (isFinal(e)) {
          throw PermanentFailure.of(e);
        }
        throw e;
      }
    }

    /** With several ranks, always: they must start together, but a runner retries tasks singly. */
    private boolean isFinal(Exception failure) {
      return gang.size() > 1 || isPermanent(failure);
    }
  }
}
