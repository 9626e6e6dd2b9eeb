package ghostbeam.model.network;

import ghostbeam.model.network.Architecture.Bottleneck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Published networks by name. */
public enum Preset {
  GHOSTNET_1X("ghostnet-1x", 224),
  GHOSTNET_NOSE_1X("ghostnet-nose-1x", 224),
  BIGNET_1X("bignet-1x", 224),
  S_GHOSTNET_B1("s-ghostnet-b1", 240),
  S_GHOSTNET_B4("s-ghostnet-b4", 384),
  S_GHOSTNET_LARGE("s-ghostnet-large", 224);

  /** GhostNet's own table: kernel, stride, hidden, out, squeeze-and-excite or not. */
  private static final int[][] GHOSTNET = {
    {3, 1, 16, 16, 0},
    {3, 2, 48, 24, 0},
    {3, 1, 72, 24, 0},
    {5, 2, 72, 40, 1},
    {5, 1, 120, 40, 1},
    {3, 2, 240, 80, 0},
    {3, 1, 200, 80, 0},
    {3, 1, 184, 80, 0},
    {3, 1, 184, 80, 0},
    {3, 1, 480, 112, 1},
    {3, 1, 672, 112, 1},
    {5, 2, 672, 160, 1},
    {5, 1, 960, 160, 0},
    {5, 1, 960, 160, 1},
    {5, 1, 960, 160, 0},
    {5, 1, 960, 160, 1},
  };

  /** How timm groups GhostNet's sixteen blocks. */
  private static final int[] GHOSTNET_STAGES = {1, 1, 1, 1, 1, 1, 5, 1, 4};

  private final String title;
  private final int inputSize;

  Preset(String title, int inputSize) {
    this.title = title;
    this.inputSize = inputSize;
  }

  /** The name a user types, such as {@code s-ghostnet-b1}. */
  public String title() {
    return title;
  }

  /** The preset a user typed; an unknown name throws, listing those that exist. */
  public static Preset named(String title) {
    return Arrays.stream(values())
        .filter(preset -> preset.title.equals(title))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no preset '" + title + "'; there are " + String.join(", ", titles())));
  }

  /** All names, in the order of the table. */
  public static List<String> titles() {
    return Arrays.stream(values()).map(Preset::title).collect(Collectors.toList());
  }

  /** The network at its published input size. */
  public Architecture architecture(int classes) {
    return switch (this) {
      case GHOSTNET_1X -> ghostNet(true, classes);
      case GHOSTNET_NOSE_1X -> ghostNet(false, classes);
      case BIGNET_1X ->
          bigNet(List.of(1, 2, 2, 4, 2, 5), List.of(16, 24, 40, 80, 112, 160), false, classes);
      case S_GHOSTNET_B1 ->
          bigNet(List.of(1, 2, 3, 4, 3, 6), List.of(28, 44, 72, 140, 196, 280), true, classes);
      case S_GHOSTNET_B4 ->
          bigNet(List.of(3, 5, 5, 12, 6, 14), List.of(36, 60, 108, 168, 232, 336), true, classes);
      case S_GHOSTNET_LARGE ->
          bigNet(List.of(2, 4, 5, 12, 6, 14), List.of(36, 68, 108, 164, 216, 336), true, classes);
    };
  }

  private Architecture bigNet(
      List<Integer> layers, List<Integer> channels, boolean large, int classes) {
    return BigNet.of(title, layers, channels, large, inputSize, classes);
  }

  private Architecture ghostNet(boolean squeezed, int classes) {
    List<List<Bottleneck>> stages = new ArrayList<>();
    int row = 0;
    for (int blocks : GHOSTNET_STAGES) {
      List<Bottleneck> stage = new ArrayList<>();
      for (int i = 0; i < blocks; i++) {
        int[] block = GHOSTNET[row++];
        int squeeze = squeezed && block[4] == 1 ? (block[2] / 4 + 3) / 4 * 4 : 0;
        stage.add(new Bottleneck(block[0], block[1], block[2], block[3], squeeze));
      }
      stages.add(stage);
    }
    return new Architecture(title, inputSize, 16, stages, 960, 1280, Activation.RELU, classes);
  }
}
