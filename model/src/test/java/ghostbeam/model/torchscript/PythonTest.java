package ghostbeam.model.torchscript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.tensor.Weights;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Portable modules in a PyTorch that knows nothing of us, such as Debian's python3-torch. */
class PythonTest {
  private static final String PYTHON = "/usr/bin/python3";
  private static final int COUNT = 3;
  private static final int SIDE = 64;
  private static final int CLASSES = 10;

  /** Prints each module's logits as it is, frozen, and with channels side by side in memory. */
  private static final String SCRIPT =
      """
      import json, sys, torch
      images, side, *modules = sys.argv[1:]
      batch = torch.frombuffer(bytearray(open(images, 'rb').read()), dtype=torch.uint8)
      batch = batch.view(-1, int(side), int(side), 3)
      def tell(module):
          net = torch.jit.load(module)
          weights = [tensor for tensor in net.buffers() if tensor.dim() == 4]
          planes = all(w.stride() == torch.empty(w.shape).stride() for w in weights)
          logits = {'plain': net(batch), 'frozen': torch.jit.freeze(net.eval())(batch)}
          net.to(memory_format=torch.channels_last)
          turned = all(w.is_contiguous(memory_format=torch.channels_last) for w in net.buffers() if w.dim() == 4)
          logits['channelsLast'] = net(batch)
          told = {name: value.flatten().tolist() for name, value in logits.items()}
          return dict(told, weights=len(weights), planes=planes, turned=turned)
      print(json.dumps([tell(module) for module in modules]))
      """;

  /** Processors without AVX-512 round partial sums too: 7 % seen there, below 5 % with it. */
  private static final double BF16 = 0.15;

  @TempDir Path folder;

  @BeforeAll
  static void needsPyTorch() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of(PYTHON))
            && new ProcessBuilder(PYTHON, "-c", "import torch").start().waitFor() == 0,
        "needs Python with PyTorch, such as Debian's python3-torch");
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void givesOurLogits(Preset preset) throws Exception {
    Architecture architecture = preset.architecture(CLASSES);
    Weights weights = Golden.fill(architecture);
    byte[] samples = new byte[COUNT * SIDE * SIDE * 3];
    new Random(1).nextBytes(samples);
    Path images = Files.write(folder.resolve("images"), samples);
    ByteArrayOutputStream forCpu = new ByteArrayOutputStream();
    TorchScript.writeForCpu(architecture, weights, Precision.FLOAT32, forCpu);
    float[] expected;
    try (LoadedModule module = new LoadedModule(forCpu.toByteArray())) {
      ByteBuffer direct = ByteBuffer.allocateDirect(samples.length).put(samples).flip();
      expected = module.logits(direct, DataType.UINT8, COUNT, SIDE);
    }
    List<Path> modules = new ArrayList<>();
    for (Precision precision : Precision.values()) {
      Path module = folder.resolve(precision.title() + ".pt");
      try (OutputStream out = Files.newOutputStream(module)) {
        TorchScript.writePortable(
            TorchScriptTest.info(architecture, SIDE), weights, precision, out);
      }
      modules.add(module);
    }
    Iterator<JsonNode> answers = python(images, modules).elements();
    for (Precision precision : Precision.values()) {
      JsonNode told = answers.next();
      double tolerance = precision == Precision.FLOAT32 ? 1e-5 : BF16;
      for (String way : new String[] {"plain", "frozen", "channelsLast"}) {
        String what = precision + ", " + way;
        assertEquals(0, relativeError(expected, told.get(way)), tolerance, what);
      }
      assertTrue(told.get("weights").asInt() > 50, precision + ": weights are buffers");
      assertTrue(told.get("planes").asBoolean(), precision + ": weights are row-major");
      assertTrue(told.get("turned").asBoolean(), precision + ": weights can be turned");
    }
  }

  /** Root of the squared differences' sum, of that of the squares. */
  private static double relativeError(float[] expected, JsonNode actual) {
    assertEquals(COUNT * CLASSES, actual.size());
    double squares = 0;
    double errors = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += Math.pow(expected[i], 2);
      errors += Math.pow(expected[i] - actual.get(i).asDouble(), 2);
    }
    return Math.sqrt(errors / squares);
  }

  private static JsonNode python(Path images, List<Path> modules)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PYTHON, "-W", "ignore", "-c", SCRIPT));
    command.add(images.toString());
    command.add(Integer.toString(SIDE));
    modules.forEach(module -> command.add(module.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return new ObjectMapper().readTree(output);
  }
}
