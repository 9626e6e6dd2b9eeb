package ghostbeam.pipelines.preprocess;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.pipelines.launch.Launch;
import ghostbeam.transforms.execution.EvenKeys;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;

class EvenSharesTest {
  private static final Pattern SUBTASK = Pattern.compile("\\((\\d+)/\\d+\\)");

  /** Which slot got how many elements; the embedded cluster runs in this JVM. */
  private static final Map<Integer, Integer> SHARES = new ConcurrentSkipListMap<>();

  @Test
  void flinkDealsConsecutiveNumbersToSlotsRoundRobin() throws IOException {
    List<Integer> numbers = IntStream.range(0, 12).boxed().toList();
    Pipeline pipeline =
        Pipeline.create(
            Launch.prepare(PipelineOptionsFactory.fromArgs("--parallelism=4").create()));
    pipeline
        .apply(Create.of(numbers))
        .apply(WithKeys.of(EvenKeys::of).withKeyType(TypeDescriptors.integers()))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new CountFn()));

    SHARES.clear();
    Launch.run(pipeline);

    assertEquals(Map.of(1, 3, 2, 3, 3, 3, 4, 3), new TreeMap<>(SHARES));
  }

  static final class CountFn extends DoFn<KV<Integer, Iterable<Integer>>, Void> {
    @ProcessElement
    public void count(@Element KV<Integer, Iterable<Integer>> element) {
      Matcher subtask = SUBTASK.matcher(Thread.currentThread().getName());
      SHARES.merge(subtask.find() ? Integer.parseInt(subtask.group(1)) : 0, 1, Integer::sum);
    }
  }
}
