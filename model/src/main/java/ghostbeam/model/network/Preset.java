package ghostbeam.model.network;

import com.fasterxml.jackson.annotation.JsonValue;
import ghostbeam.model.recipe.Recipe;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Published networks by name. */
public enum Preset {
  GHOSTNET_1X("ghostnet-1x", 224, () -> GhostNet.of(GhostNet.FAMILY, 1, true)),
  GHOSTNET_0_5X("ghostnet-0.5x", 224, () -> GhostNet.of(GhostNet.FAMILY, 0.5, true)),
  GHOSTNET_1_3X("ghostnet-1.3x", 224, () -> GhostNet.of(GhostNet.FAMILY, 1.3, true)),
  GHOSTNETV2_1X("ghostnetv2-1x", 224, () -> GhostNetV2.of(1)),
  GHOSTNETV2_1_3X("ghostnetv2-1.3x", 224, () -> GhostNetV2.of(1.3)),
  GHOSTNETV2_1_6X("ghostnetv2-1.6x", 224, () -> GhostNetV2.of(1.6)),
  GHOSTNET_NOSE_1X("ghostnet-nose-1x", 224, () -> GhostNet.of(GhostNet.FAMILY, 1, false)),
  BIGNET_1X(
      "bignet-1x",
      224,
      () -> BigNet.of(List.of(1, 2, 2, 4, 2, 5), List.of(16, 24, 40, 80, 112, 160), false),
      BigNet.DISTRIBUTED),
  S_GHOSTNET_B1(
      "s-ghostnet-b1",
      240,
      () -> BigNet.of(List.of(1, 2, 3, 4, 3, 6), List.of(28, 44, 72, 140, 196, 280), true)),
  S_GHOSTNET_B4(
      "s-ghostnet-b4",
      384,
      () -> BigNet.of(List.of(3, 5, 5, 12, 6, 14), List.of(36, 60, 108, 168, 232, 336), true),
      BigNet.B4),
  S_GHOSTNET_LARGE(
      "s-ghostnet-large",
      224,
      () -> BigNet.of(List.of(2, 4, 5, 12, 6, 14), List.of(36, 68, 108, 164, 216, 336), true),
      BigNet.SINGLE);

  private final String title;
  private final int inputSize;

  /** Creates the network. Lazily, since architectures look up presets. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Supplier<Architecture> blocks;

  @SuppressWarnings("ImmutableEnumChecker") // a record of records of plain values
  private final Recipe recipe;

  Preset(String title, int inputSize, Supplier<Architecture> blocks) {
    this(title, inputSize, blocks, Recipe.ORIGINAL);
  }

  Preset(String title, int inputSize, Supplier<Architecture> blocks, Recipe recipe) {
    this.title = title;
    this.inputSize = inputSize;
    this.blocks = blocks;
    this.recipe = recipe;
  }

  /** Its name for users, such as {@code s-ghostnet-b1}. */
  public String title() {
    return title;
  }

  /** The {@link #title}. */
  @JsonValue
  @Override
  public String toString() {
    return title;
  }

  /** The network's family. */
  public Family family() {
    return blocks.get().family();
  }

  /** The recipe of the published weights; the original's defaults where it is unknown. */
  public Recipe recipe() {
    return recipe;
  }

  /** The preset with this title; an unknown one throws, listing those that exist. */
  public static Preset named(String title) {
    return Arrays.stream(values())
        .filter(preset -> preset.title.equals(title))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no preset '" + title + "'; there are " + String.join(", ", titles())));
  }

  /** All titles, in the order above. */
  public static List<String> titles() {
    return Arrays.stream(values()).map(Preset::title).collect(Collectors.toList());
  }

  /** The network at its published input size. */
  public Architecture architecture(int classes) {
    return blocks.get().named(title).withInputSize(inputSize).withClasses(classes);
  }
}
