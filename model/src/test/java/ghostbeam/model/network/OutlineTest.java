package ghostbeam.model.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.checkpoint.OriginalNames;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.golden.Timm;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.TensorSpec.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutlineTest {
  private static final Map<Kind, String> KINDS =
      Map.of(
          Kind.CONVOLUTION, "conv",
          Kind.DENSE, "linear",
          Kind.BIAS, "bias",
          Kind.NORM_WEIGHT, "bn_gamma",
          Kind.NORM_BIAS, "bn_beta",
          Kind.NORM_MEAN, "bn_mean",
          Kind.NORM_VARIANCE, "bn_var");

  @ParameterizedTest
  @EnumSource(Timm.class)
  void hasTimmsTensorsParametersAndMultiplyAdds(Timm network) {
    JsonNode golden = network.golden();
    Outline outline = Outline.of(network.preset().architecture(1000));
    assertSameTensors(golden, outline, TensorSpec::name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ghostnet_1x", "bignet_1x", "sghostnet_b1", "sghostnet_b4", "readme_large"})
  void hasTheGoldenTensorsParametersAndMultiplyAdds(String name) {
    JsonNode golden = Golden.read("arch/" + name + ".json");
    Architecture architecture = Golden.ARCHITECTURES.get(name).architecture(1000);
    Outline outline = Outline.at(architecture, golden.get("input_size").asInt());
    assertSameTensors(golden, outline, spec -> OriginalNames.of(spec.name(), architecture));
  }

  private static void assertSameTensors(
      JsonNode golden, Outline outline, Function<TensorSpec, String> names) {

    List<String> expected = new ArrayList<>();
    for (JsonNode row : golden.get("tensors")) {
      expected.add(row.get(0).asText() + " " + row.get(1).asText() + " " + row.get(2));
    }
    List<String> actual = new ArrayList<>();
    for (TensorSpec spec : outline.tensors()) {
      String shape = spec.shape().toString().replace(" ", "");
      actual.add(names.apply(spec) + " " + KINDS.get(spec.kind()) + " " + shape);
    }
    assertEquals(String.join("\n", expected), String.join("\n", actual));
    assertEquals(golden.get("trainable_parameters").asLong(), outline.trainableParameters());
    assertEquals(golden.get("macs").asLong(), outline.multiplyAdds());
  }

  @Test
  void namesGhostNetAsTimmDoes() {
    List<String> names =
        Outline.of(Preset.GHOSTNET_1X.architecture(1000)).tensors().stream()
            .map(TensorSpec::name)
            .toList();
    for (String name :
        List.of(
            "conv_stem.weight",
            "bn1.running_var",
            "blocks.0.0.ghost1.primary_conv.0.weight",
            "blocks.1.0.conv_dw.weight",
            "blocks.1.0.bn_dw.running_mean",
            "blocks.3.0.se.conv_reduce.bias",
            "blocks.3.0.shortcut.2.weight",
            "blocks.6.4.ghost2.cheap_operation.1.bias",
            "blocks.8.3.se.conv_expand.weight",
            "blocks.9.0.conv.weight",
            "blocks.9.0.bn1.weight",
            "conv_head.bias",
            "classifier.weight")) {
      assertEquals(true, names.contains(name), name);
    }
  }

  @Test
  void noseHasNoSqueezeAndExcite() {
    Outline outline = Outline.of(Preset.GHOSTNET_NOSE_1X.architecture(1000));
    assertEquals(
        0, outline.tensors().stream().filter(spec -> spec.name().contains(".se.")).count());
    assertEquals(
        5182508 - squeezeParameters(), outline.trainableParameters(), "the rest stays as it is");
  }

  private static long squeezeParameters() {
    return Outline.of(Preset.GHOSTNET_1X.architecture(1000)).tensors().stream()
        .filter(spec -> spec.name().contains(".se."))
        .mapToLong(TensorSpec::size)
        .sum();
  }
}
