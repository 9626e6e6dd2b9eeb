package ghostbeam.model.network;

import ghostbeam.model.image.Interpolation;
import ghostbeam.model.network.Architecture.Bottleneck;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** GhostNet (Han et al., CVPR 2020), with width multipliers as in timm. */
public enum GhostNet implements Family {
  FAMILY;

  /** Kernel, stride, hidden width, output width, 1 for squeeze-and-excite. */
  private static final int[][] BLOCKS = {
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

  /** How timm groups the sixteen blocks. */
  private static final int[] STAGES = {1, 1, 1, 1, 1, 1, 5, 1, 4};

  private static final int STEM = 16;
  private static final int TRUNK = 960;
  private static final int FEATURES = 1280;

  /**
   * A network with these blocks.
   *
   * @param width multiplier of all widths except the features', before rounding
   * @param squeezed whether to use squeeze-and-excite where the table has it
   */
  static Architecture of(Family family, double width, boolean squeezed) {
    List<List<Bottleneck>> stages = new ArrayList<>();
    int row = 0;
    for (int blocks : STAGES) {
      List<Bottleneck> stage = new ArrayList<>();
      for (int i = 0; i < blocks; i++) {
        int[] block = BLOCKS[row++];
        int hidden = scaled(block[2], width);
        int squeeze = squeezed && block[4] == 1 ? scaled(hidden, 0.25) : 0;
        stage.add(new Bottleneck(block[0], block[1], hidden, scaled(block[3], width), squeeze));
      }
      stages.add(stage);
    }
    return Architecture.of(family, scaled(STEM, width), stages, scaled(TRUNK, width), FEATURES);
  }

  private static int scaled(int channels, double factor) {
    return BigNet.makeDivisible(channels * factor, 4);
  }

  @Override
  public String title() {
    return "ghostnet";
  }

  /** The original numbers the blocks consecutively, without stages. */
  @Override
  public Optional<String> originalBlock(Architecture architecture, int stage, int i) {
    int before = architecture.stages().subList(0, stage).stream().mapToInt(List::size).sum();
    return Optional.of("blocks." + (before + i));
  }

  @Override
  public Interpolation interpolation() {
    return Interpolation.TORCHVISION;
  }
}
