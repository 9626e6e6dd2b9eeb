package ghostbeam.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.network.Preset;

/** Networks that timm also defines, and its results for the fixtures' weights. */
public enum Timm {
  GHOSTNET_050(Preset.GHOSTNET_0_5X),
  GHOSTNET_130(Preset.GHOSTNET_1_3X),
  GHOSTNETV2_100(Preset.GHOSTNETV2_1X),
  GHOSTNETV2_130(Preset.GHOSTNETV2_1_3X),
  GHOSTNETV2_160(Preset.GHOSTNETV2_1_6X);

  private final Preset preset;

  Timm(Preset preset) {
    this.preset = preset;
  }

  public Preset preset() {
    return preset;
  }

  public JsonNode golden() {
    return Golden.read("timm/" + name().toLowerCase(java.util.Locale.ROOT) + ".json");
  }
}
