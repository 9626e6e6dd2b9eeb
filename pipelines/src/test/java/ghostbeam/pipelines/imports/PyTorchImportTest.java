package ghostbeam.pipelines.imports;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole ghostnet as PyTorch itself saves it, in all the usual ways. */
final class PyTorchImportTest {
  private static final String PYTHON = "/usr/bin/python3";

  /** Reads safetensors by hand, which Debian has no library for, and saves what it holds. */
  private static final String SAVE =
      """
      import argparse, collections, json, struct, sys
      import torch
      data = open(sys.argv[1], 'rb').read()
      end = 8 + struct.unpack('<Q', data[:8])[0]
      state = collections.OrderedDict()
      for name, t in json.loads(data[8:end]).items():
          if name != '__metadata__':
              a, b = t['data_offsets']
              values = torch.frombuffer(bytearray(data[end + a:end + b]), dtype=torch.float32)
              state[name] = values.reshape(t['shape'])
              if name.endswith('running_var'):
                  state[name.replace('running_var', 'num_batches_tracked')] = torch.tensor(9)
      half = collections.OrderedDict((n, 0 * t) for n, t in state.items())
      wrapped = collections.OrderedDict(('module.' + n, t) for n, t in state.items())
      bf16 = collections.OrderedDict((n, t.to(torch.bfloat16)) for n, t in state.items())
      save = lambda name, value, **how: torch.save(value, sys.argv[2] + '/' + name, **how)
      save('state.pth', state)
      save('wrapped.pth.tar', {'epoch': 9, 'state_dict': wrapped, 'args': argparse.Namespace(lr=1)})
      save('averaged.pth', {'state_dict': half, 'state_dict_ema': wrapped})
      save('legacy.pth', state, _use_new_zipfile_serialization=False)
      save('bf16.bin', bf16)
      """;

  @TempDir Path folder;

  private static int python(Path output, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(PYTHON, "-c"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start()
        .waitFor();
  }

  private static void convert(String... flags) throws IOException {
    ImportOptions options =
        PipelineOptionsFactory.fromArgs(flags).withValidation().as(ImportOptions.class);
    ImportJob.run(
        options, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
  }

  /** Weights that bf16 holds exactly, so that all files hold the same. */
  private static Weights weights(Architecture architecture) {
    Weights random = architecture.initialWeights(3);
    Map<String, float[]> rounded = new LinkedHashMap<>();
    for (TensorSpec spec : random.specs()) {
      float[] values = random.get(spec.name()).clone();
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.intBitsToFloat(Float.floatToRawIntBits(values[i]) & 0xFFFF0000);
      }
      rounded.put(spec.name(), values);
    }
    return new Weights(random.specs(), rounded);
  }

  @Test
  void fiveWaysToSaveAGhostnetMakeTheSameCheckpoint() throws Exception {
    Path said = folder.resolve("said");
    assumeTrue(
        Files.isExecutable(Path.of(PYTHON)) && python(said, "import torch") == 0,
        "needs Python with PyTorch, such as Debian's python3-torch");
    Architecture architecture = Preset.GHOSTNET_0_5X.architecture(7);
    Weights weights = weights(architecture);
    Path source = folder.resolve("source.safetensors");
    CheckpointInfo info =
        new CheckpointInfo(
            architecture,
            WeightKind.RAW,
            CheckpointInfo.Training.NONE,
            IntStream.range(0, 7).mapToObj(Integer::toString).toList(),
            new ValidationView(224, 0.875, Interpolation.TORCHVISION));
    Checkpoint.write(Storage.local(), source.toString(), info, weights);
    assertEquals(0, python(said, SAVE, source.toString(), folder.toString()), () -> "" + said);

    byte[] expected = Files.readAllBytes(source);
    for (String from : List.of("state.pth", "wrapped.pth.tar", "legacy.pth", "bf16.bin")) {
      String to = folder.resolve(from + ".safetensors").toString();
      convert("--from=" + folder.resolve(from), "--preset=ghostnet-0.5x", "--to=" + to);
      assertArrayEquals(expected, Files.readAllBytes(Path.of(to)), from);
    }
    String to = folder.resolve("averaged.safetensors").toString();
    String from = "--from=" + folder.resolve("averaged.pth");
    convert(from, "--preset=ghostnet-0.5x", "--weights=ema", "--to=" + to);
    Checkpoint averaged = Checkpoint.read(Storage.local(), to);
    assertEquals(WeightKind.EMA, averaged.info().weights());
    for (TensorSpec spec : weights.specs()) {
      assertArrayEquals(weights.get(spec.name()), averaged.weights().get(spec.name()));
    }
    IOException refusal =
        assertThrows(
            IOException.class,
            () ->
                convert(
                    "--from=" + folder.resolve("state.pth"),
                    "--preset=ghostnet-0.5x",
                    "--weights=ema",
                    "--to=" + folder.resolve("no.safetensors")));
    assertTrue(refusal.getMessage().contains("state_dict_ema"), refusal::getMessage);
  }
}
