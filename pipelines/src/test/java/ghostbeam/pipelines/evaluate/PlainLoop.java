package ghostbeam.pipelines.evaluate;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.network.Preset;
import ghostbeam.model.record.Example;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.evaluation.Candidate;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The cost of an evaluation without Beam: one thread per core, and nothing else. */
final class PlainLoop {
  static final int BATCH = 16;
  static final int CORES = Runtime.getRuntime().availableProcessors();

  private PlainLoop() {}

  /** The work of one thread. */
  private interface Part {
    void work(int number) throws Exception;
  }

  /** A thread for each core takes an even part of the records. */
  static void loop(Path records, Classifier classifier, Candidate candidate, long count)
      throws Exception {
    inParallel(
        part -> {
          Tally tally = Tally.of("loop", classifier.classes());
          int side = candidate.view().inputSize();
          ByteBuffer images = ByteBuffer.allocateDirect(BATCH * side * side * 3);
          ExampleDecoder source = new ExampleDecoder(Codec.best());
          try (Dataset dataset = Dataset.open(Storage.local(), records.toString(), "val")) {
            long end = count * (part + 1) / CORES;
            for (long first = count * part / CORES; first < end; first += BATCH) {
              int size = (int) Math.min(BATCH, end - first);
              int[] labels = new int[size];
              images.clear();
              for (int i = 0; i < size; i++) {
                Example example = dataset.read(first + i);
                Pixels decoded = source.decode(example);
                images.put(candidate.view().apply(decoded).rgb());
                labels[i] = example.label();
              }
              float[] logits = classifier.logits(images.flip(), size, side);
              for (int i = 0; i < size; i++) {
                tally.add(first + i, labels[i], logits, i * classifier.classes());
              }
            }
          }
        });
  }

  /** Reading, decoding and the view alone: what a pass pays once, however many it scores. */
  static void images(Path records, Candidate candidate, long count) throws Exception {
    inParallel(
        part -> {
          int side = candidate.view().inputSize();
          ByteBuffer image = ByteBuffer.allocateDirect(side * side * 3);
          ExampleDecoder source = new ExampleDecoder(Codec.best());
          try (Dataset dataset = Dataset.open(Storage.local(), records.toString(), "val")) {
            long end = count * (part + 1) / CORES;
            for (long i = count * part / CORES; i < end; i++) {
              Pixels decoded = source.decode(dataset.read(i));
              image.clear().put(candidate.view().apply(decoded).rgb());
            }
          }
        });
  }

  /**
   * The forward pass alone, of noise: a processor clocks higher where most of its inputs are zero.
   */
  static void forward(Classifier classifier, long count) throws Exception {
    int side = Preset.GHOSTNET_1X.architecture(1000).inputSize();
    byte[] noise = new byte[BATCH * side * side * 3];
    new Random(1).nextBytes(noise);
    inParallel(
        part -> {
          ByteBuffer images = ByteBuffer.allocateDirect(noise.length).put(noise).flip();
          for (long i = 0; i < count / CORES; i += BATCH) {
            classifier.logits(images.duplicate(), BATCH, side);
          }
        });
  }

  private static void inParallel(Part part) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(CORES);
    try {
      List<Callable<Void>> parts = new ArrayList<>();
      for (int i = 0; i < CORES; i++) {
        int number = i;
        parts.add(
            () -> {
              Classifier.useThreads(1);
              part.work(number);
              return null;
            });
      }
      for (Future<Void> done : pool.invokeAll(parts)) {
        done.get();
      }
    } finally {
      pool.shutdown();
    }
  }
}
