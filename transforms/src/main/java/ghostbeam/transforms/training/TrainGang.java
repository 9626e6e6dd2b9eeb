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
import ghostbeam.transforms.execution.LastingFailure;
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
 * Runs one training on as many slots as it has ranks, all at the same time.
 *
 * <pre>{@code
 * try (Rendezvous ranks = Rendezvous.open(storage, job.folder().meeting(), 4, host, timeout)) {
 *   pipeline.apply(TrainGang.of(storage, job, ranks.gang()));
 *   pipeline.run().waitUntilFinish();
 * }
 * }</pre>
 *
 * <p>Output: one element, the training's folder, after the last checkpoint is written, as a UTF-8
 * string. A rank that fails fails the job, with a message that names it.
 *
 * <p>With the parallelism of {@link #slots} every rank has a slot to itself. With less, those that
 * have one wait for the others in vain, and say so.
 */
public final class TrainGang extends PTransform<PBegin, PCollection<String>> {
  private static final long serialVersionUID = 1L;

  /** What would come again from the same saved state. */
  public static final List<Class<? extends Exception>> REPEATED =
      List.of(
          DivergedException.class, CorruptRecordException.class, UndecodableImageException.class);

  /** Numbers of slots that divide it are those over which keys are sure to spread evenly. */
  private static final int EVEN = 10_080;

  private final Storage storage;
  private final TrainingJob job;
  private final Gang gang;

  /**
   * A training.
   *
   * @param storage where its data and output are
   * @param gang that the job's ranks make up, whose rendezvous is open until the pipeline has ended
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
   * The least parallelism at which each rank is sure to have a slot to itself.
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

  /** Whether another attempt from the same saved state would fail as well, or is not wanted. */
  static boolean isRepeated(Exception failure) {
    return Interruption.isRequested()
        || Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
            .anyMatch(cause -> REPEATED.stream().anyMatch(type -> type.isInstance(cause)));
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
        if (isLasting(e)) {
          throw LastingFailure.of(e);
        }
        throw e;
      }
    }

    /** Of several ranks any failure is: they start together, which a runner does not see to. */
    private boolean isLasting(Exception failure) {
      return gang.size() > 1 || isRepeated(failure);
    }
  }
}
