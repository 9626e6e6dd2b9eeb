package ghostbeam.model.torchscript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.tensor.Weights;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Portable modules in an independent PyTorch, such as Debian's python3-torch. */
class PythonTest {
  private static final String PYTHON = "/usr/bin/python3";
  private static final int COUNT = 3;
  private static final int SIDE = 64;
  private static final int CLASSES = 10;

  private static final String READY = "ready";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Answers each line of images, their side and modules with a line of each module's logits:
   * unchanged, frozen, and channels-last.
   */
  private static final String SCRIPT =
      """
      import json, sys, torch
      def tell(module, batch):
          net = torch.jit.load(module)
          weights = [tensor for tensor in net.buffers() if tensor.dim() == 4]
          planes = all(w.stride() == torch.empty(w.shape).stride() for w in weights)
          logits = {'plain': net(batch), 'frozen': torch.jit.freeze(net.eval())(batch)}
          net.to(memory_format=torch.channels_last)
          turned = all(w.is_contiguous(memory_format=torch.channels_last) for w in net.buffers() if w.dim() == 4)
          logits['channelsLast'] = net(batch)
          told = {name: value.flatten().tolist() for name, value in logits.items()}
          return dict(told, weights=len(weights), planes=planes, turned=turned)
      print('ready', flush=True)
      for line in sys.stdin:
          images, side, *modules = json.loads(line)
          batch = torch.frombuffer(bytearray(open(images, 'rb').read()), dtype=torch.uint8)
          batch = batch.view(-1, side, side, 3)
          print(json.dumps([tell(module, batch) for module in modules]), flush=True)
      """;

  /** Processors without AVX-512 also round partial sums: 7 % was seen there, below 5 % with it. */
  private static final double BF16 = 0.15;

  /** PyTorch takes longer to start than to answer. */
  private static Process python;

  @TempDir Path folder;

  @BeforeEach
  void needsPyTorch() throws IOException {
    String needs = "needs Python with PyTorch, such as Debian's python3-torch";
    assumeTrue(Files.isExecutable(Path.of(PYTHON)), needs);
    if (python == null || !python.isAlive()) {
      python =
          new ProcessBuilder(PYTHON, "-W", "ignore", "-c", SCRIPT)
              .redirectErrorStream(true)
              .start();
      assumeTrue(READY.equals(python.inputReader(StandardCharsets.UTF_8).readLine()), needs);
    }
  }

  @AfterAll
  static void endPython() {
    if (python != null) {
      python.destroy();
    }
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

  private static JsonNode python(Path images, List<Path> modules) throws IOException {
    ArrayNode question = JSON.createArrayNode().add(images.toString()).add(SIDE);
    modules.forEach(module -> question.add(module.toString()));
    Writer to = python.outputWriter(StandardCharsets.UTF_8);
    to.write(question + "\n");
    to.flush();
    BufferedReader from = python.inputReader(StandardCharsets.UTF_8);
    String answer = String.valueOf(from.readLine());
    if (!answer.startsWith("[{")) {
      to.close(); // which ends it, if it has not ended yet
      fail(answer + from.lines().map(line -> "\n" + line).collect(Collectors.joining()));
    }
    return JSON.readTree(answer);
  }
}
