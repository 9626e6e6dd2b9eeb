package ghostbeam.model.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A network's metadata has its family where its name does not imply it. */
class FamilyTest {
  /** As in checkpoints that predate families. */
  private static final String TWO_BLOCKS =
      """
      {"name":"%s","inputSize":32,"stemWidth":8,"stages":\
      [[{"kernel":3,"stride":1,"hidden":8,"out":8,"squeeze":0}],\
      [{"kernel":5,"stride":2,"hidden":24,"out":12,"squeeze":4}]],\
      "trunkWidth":24,"featureWidth":40,"activation":"HARD_SWISH","classes":3}\
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  private static Architecture read(String json) throws JsonProcessingException {
    return JSON.readValue(json, Architecture.class);
  }

  @Test
  void olderMetadataRoundTripsUnchanged() throws JsonProcessingException {
    String custom = TWO_BLOCKS.formatted("custom");
    assertEquals(BigNet.FAMILY, read(custom).family());
    assertEquals(custom, JSON.writeValueAsString(read(custom)));
    String preset = TWO_BLOCKS.formatted("ghostnet-nose-1x");
    assertEquals(GhostNet.FAMILY, read(preset).family());
    assertEquals(preset, JSON.writeValueAsString(read(preset)));
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void everyPresetsMetadataRoundTrips(Preset preset) throws JsonProcessingException {
    Architecture architecture = preset.architecture(7);
    String json = JSON.writeValueAsString(architecture);
    assertFalse(json.contains("family"), json);
    assertEquals(architecture, read(json));
    assertEquals(preset.family(), read(json).family());
    assertEquals(preset.family(), Family.named(preset.family().title()));
  }

  @Test
  void aCustomNetworkKeepsItsFamilyUnderAnyName() throws JsonProcessingException {
    Architecture own = Preset.GHOSTNET_1X.architecture(5).named("custom");
    String json = JSON.writeValueAsString(own);
    assertTrue(json.endsWith(",\"classes\":5,\"family\":\"ghostnet\"}"), json);
    assertEquals(own, read(json));
    assertEquals(GhostNet.FAMILY, read(json).withClasses(9).withInputSize(64).family());
    Architecture renamed =
        BigNet.of(Collections.nCopies(6, 1), Collections.nCopies(6, 8), true).named("ghostnet-1x");
    assertEquals(BigNet.FAMILY, read(JSON.writeValueAsString(renamed)).family());
  }

  @Test
  void rejectsImagesThatShrinkToNothing() {
    Architecture attentive = Preset.GHOSTNETV2_1X.architecture(5);
    assertEquals(642, Outline.of(attentive.withInputSize(33)).tensors().size());
    for (Executable small :
        List.<Executable>of(() -> attentive.withInputSize(32), () -> Outline.at(attentive, 32))) {
      String message = assertThrows(IllegalArgumentException.class, small).getMessage();
      assertTrue(message.contains("33") || message.contains("too small"), message);
    }
  }

  @Test
  void rejectsAnUnknownFamily() {
    String json = TWO_BLOCKS.formatted("custom").replace("}]],", "}]],\"family\":\"resnet\",");
    String message = assertThrows(JsonProcessingException.class, () -> read(json)).getMessage();
    assertTrue(message.contains("no family of networks 'resnet'"), message);
  }
}
