package ghostbeam.model.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.golden.EagerNetwork;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The guide's function for Pillow and NumPy gives our pixels and our scores. */
class PythonViewTest {
  private static final String PYTHON = "/usr/bin/python3";
  private static final String FUNCTIONS = "src/sample/python";
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final int CLASSES = 20;

  /** Writes all views' pixels, then the same normalised. */
  private static final String SCRIPT =
      """
      import json, sys, warnings
      sys.path.insert(0, sys.argv[1])
      sys.dont_write_bytecode = True
      warnings.simplefilter('ignore')
      import numpy as np
      from validation_view import normalized, view
      wanted = json.load(sys.stdin)
      pixels = np.stack([view(open(name, 'rb').read(), *wanted['view']) for name in wanted['files']])
      sys.stdout.buffer.write(pixels.tobytes() + normalized(pixels).astype('<f4').tobytes())
      """;

  /** Every kind of transparency, colour and size among the golden images. */
  private static final List<String> FILES =
      List.of(
          "preprocess/landscape_420.JPEG",
          "preprocess/portrait_444.JPEG",
          "preprocess/progressive_420.JPEG",
          "preprocess/small_422.JPEG",
          "preprocess/grey.JPEG",
          "preprocess/cmyk.JPEG",
          "preprocess/png_bytes.JPEG",
          "odd/png_grey_alpha.JPEG",
          "odd/png_colour_key.JPEG",
          "odd/png_grey_key_16_bit.JPEG",
          "odd/png_palette_transparent.JPEG",
          "odd/gif_transparent.JPEG",
          "odd/webp_alpha.JPEG");

  @BeforeAll
  static void needsPillow() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of(PYTHON))
            && new ProcessBuilder(PYTHON, "-c", "import PIL, numpy").start().waitFor() == 0,
        "needs Python with Pillow and NumPy, such as Debian's python3-pil and python3-numpy");
  }

  @Test
  void givesOurPixelsInEachGeometry() throws Exception {
    for (ValidationView view :
        List.of(
            new ValidationView(64, 0.875, Interpolation.TORCHVISION),
            new ValidationView(33, 0.9, Interpolation.TORCHVISION),
            new ValidationView(57, 1, Interpolation.PILLOW))) {
      ByteBuffer told = python(view);
      for (String file : FILES) {
        byte[] theirs = new byte[3 * view.inputSize() * view.inputSize()];
        told.get(theirs);
        assertArrayEquals(ours(file, view).rgb(), theirs, file + " at " + view);
      }
    }
  }

  @Test
  void givesOurScores() throws Exception {
    ValidationView view = new ValidationView(64, 0.875, Interpolation.TORCHVISION);
    int values = 3 * view.inputSize() * view.inputSize() * FILES.size();
    float[] normalized = new float[values];
    python(view).position(values).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(normalized);
    Architecture architecture = Preset.GHOSTNET_0_5X.architecture(CLASSES);
    Weights weights = Golden.fill(architecture);
    float[] theirs =
        EagerNetwork.logits(architecture, weights, normalized, FILES.size(), view.inputSize());
    ByteBuffer samples = ByteBuffer.allocateDirect(values);
    for (String file : FILES) {
      samples.put(ours(file, view).rgb());
    }
    try (Classifier classifier = Classifier.of(architecture, weights)) {
      float[] ours = classifier.logits(samples.flip(), FILES.size(), view.inputSize());
      assertArrayEquals(ours, theirs, 1e-4f);
    }
  }

  private static Pixels ours(String file, ValidationView view) throws Exception {
    return view.apply(Codec.best().decode(Files.readAllBytes(GOLDEN.resolve(file))));
  }

  private static ByteBuffer python(ValidationView view) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(PYTHON, "-c", SCRIPT, FUNCTIONS)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> files = new ArrayList<>();
    FILES.forEach(file -> files.add(GOLDEN.resolve(file).toString()));
    String wanted =
        "{\"view\": [%d, %s, \"%s\"], \"files\": %s}"
            .formatted(
                view.inputSize(),
                view.cropFraction(),
                view.interpolation().title(),
                new ObjectMapper().writeValueAsString(files));
    process.getOutputStream().write(wanted.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    byte[] told = process.getInputStream().readAllBytes();
    assertEquals(0, process.waitFor());
    assertEquals(files.size() * 3 * view.inputSize() * view.inputSize() * 5, told.length);
    return ByteBuffer.wrap(told);
  }
}
