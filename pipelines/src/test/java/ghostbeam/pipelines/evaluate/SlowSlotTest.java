package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.launch.Launch;
import ghostbeam.transforms.evaluation.PlanBatches;
import ghostbeam.transforms.evaluation.RecordRange;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlowSlotTest {
  private static final int BATCHES = 400;
  private static final long PATIENCE_S = 120;

  /** The embedded cluster runs in this JVM, a slot in a thread. */
  private static final Map<Thread, Integer> SHARES = new ConcurrentHashMap<>();

  private static final AtomicReference<Thread> SLOW = new AtomicReference<>();

  /** Each slot begins when all have something to do. */
  private static CountDownLatch waiting;

  /** All but the few batches that a slow slot may take. */
  private static CountDownLatch done;

  private static final Set<Long> SEEN = new ConcurrentSkipListSet<>();

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void doesLessThanAnEvenShare(int slots) throws IOException {
    long from = 5;
    int batchSize = 7;
    long to = from + (long) BATCHES * batchSize - 3;
    Pipeline pipeline =
        Pipeline.create(
            Launch.prepare(PipelineOptionsFactory.fromArgs("--parallelism=" + slots).create()));
    pipeline
        .apply(new PlanBatches(new RecordRange(from, to), batchSize))
        .apply(ParDo.of(new SlowFirstFn()));

    SLOW.set(null);
    waiting = new CountDownLatch(slots);
    done = new CountDownLatch(BATCHES - BATCHES / slots / 3 + 2);
    SHARES.clear();
    SEEN.clear();
    Launch.run(pipeline);

    assertEquals(
        LongStream.iterate(from, first -> first < to, first -> first + batchSize).boxed().toList(),
        List.copyOf(SEEN));
    assertEquals(BATCHES, SHARES.values().stream().mapToInt(Integer::intValue).sum());
    assertEquals(slots, SHARES.size());
    int least = SHARES.values().stream().mapToInt(Integer::intValue).min().orElseThrow();
    assertTrue(least < BATCHES / slots / 3, SHARES.toString());
  }

  /** The first thread does not finish its first batch before most are done. */
  static final class SlowFirstFn extends DoFn<Long, Void> {
    @ProcessElement
    public void count(@Element Long first) throws InterruptedException {
      Thread slot = Thread.currentThread();
      boolean slow = SLOW.compareAndSet(null, slot);
      SEEN.add(first);
      if (SHARES.merge(slot, 1, Integer::sum) == 1) {
        waiting.countDown();
        assertTrue(waiting.await(PATIENCE_S, TimeUnit.SECONDS), "a slot got nothing");
      }
      done.countDown();
      if (slow) {
        assertTrue(done.await(PATIENCE_S, TimeUnit.SECONDS), "others wait for a slow one");
      }
    }
  }
}
