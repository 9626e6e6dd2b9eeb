package ghostbeam.model.checkpoint;

import ghostbeam.model.network.Architecture;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Maps our tensor names to those of the original recipe's MindSpore checkpoints.
 *
 * <table>
 *   <caption>Mapping</caption>
 *   <tr><th>ours</th><th>original</th></tr>
 *   <tr><td>{@code x.weight x.bias x.running_mean x.running_var} of a batch norm</td>
 *       <td>{@code x.gamma x.beta x.moving_mean x.moving_variance}</td></tr>
 *   <tr><td>{@code ghost1.primary_conv.0 .1}</td>
 *       <td>{@code ghost1.primary_conv.conv .bn}; likewise {@code cheap_operation}</td></tr>
 *   <tr><td>{@code conv_dw bn_dw}</td><td>{@code dw.conv dw.bn}</td></tr>
 *   <tr><td>{@code shortcut.0 .1 .2 .3}</td>
 *       <td>{@code shortcut.0.conv 0.bn 1.conv 1.bn}</td></tr>
 *   <tr><td>{@code blocks.6.0.conv bn1}, ghostnet {@code blocks.9.0}</td>
 *       <td>{@code blocks.6.conv bn}, ghostnet {@code blocks.16}</td></tr>
 *   <tr><td>ghostnet's blocks by timm's stages of 1, 1, 1, 1, 1, 1, 5, 1, 4</td>
 *       <td>numbered flat, 0 to 15</td></tr>
 * </table>
 */
public final class OriginalNames {
  private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d+)\\.(\\d+)\\.(.*)");
  private static final Map<String, String> NORM =
      Map.of(
          "weight", "gamma",
          "bias", "beta",
          "running_mean", "moving_mean",
          "running_var", "moving_variance");

  private OriginalNames() {}

  /** The original's name for a tensor of a network whose family exists in the original. */
  public static String of(String name, Architecture architecture) {
    Matcher block = BLOCK.matcher(name);
    if (!block.matches()) {
      return name.startsWith("bn1.") ? "bn1." + NORM.get(name.substring(4)) : name;
    }
    int stage = Integer.parseInt(block.group(1));
    int i = Integer.parseInt(block.group(2));
    String prefix = architecture.family().originalBlock(architecture, stage, i).orElseThrow();
    return prefix + "." + layer(block.group(3));
  }

  private static String layer(String name) {
    int dot = name.lastIndexOf('.');
    String layer = name.substring(0, dot);
    String tensor = name.substring(dot + 1);
    if (layer.startsWith("se.") || layer.equals("conv")) {
      return name;
    }
    if (layer.equals("bn1")) {
      return "bn." + NORM.get(tensor);
    }
    if (layer.equals("conv_dw")) {
      return "dw.conv." + tensor;
    }
    if (layer.equals("bn_dw")) {
      return "dw.bn." + NORM.get(tensor);
    }
    int index = Integer.parseInt(layer.substring(layer.lastIndexOf('.') + 1));
    String owner = layer.substring(0, layer.lastIndexOf('.'));
    String unit = owner.equals("shortcut") ? "shortcut." + index / 2 : owner;
    return unit + (index % 2 == 0 ? ".conv." + tensor : ".bn." + NORM.get(tensor));
  }
}
