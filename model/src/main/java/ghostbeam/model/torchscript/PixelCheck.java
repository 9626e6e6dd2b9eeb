package ghostbeam.model.torchscript;

import java.util.List;

/**
 * The lines of a module that raise an error for images that are not uint8 (N,side,side,3): floats,
 * scaled or normalised as most networks expect, would yield logits, but wrong ones.
 */
final class PixelCheck {
  private PixelCheck() {}

  /** The statements, given the name of the variable that holds the images. */
  static String lines(String images, int side) {
    StringBuilder lines = new StringBuilder("    wrong = False\n");
    for (String test :
        List.of(
            "ops.prim.dtype(%s), 0",
            "torch.dim(%s), 4",
            "torch.size(%s, 1), " + side,
            "torch.size(%s, 2), " + side,
            "torch.size(%s, 3), 3")) {
      String next = "    wrong = True if wrong else torch.ne(%s)\n";
      lines.append(next.formatted(test.formatted(images)));
    }
    String words =
        "images are uint8 (N,%1$d,%1$d,3), from 0 to 255, neither scaled nor normalised; found size {} of type {} (0 is uint8, 6 is float32)"
            .formatted(side);
    return lines
        .append("    if wrong:\n")
        .append("      raised = torch.format(\"%s\", ".formatted(words))
        .append("torch.size(%1$s), ops.prim.dtype(%1$s))\n".formatted(images))
        .append("      ops.prim.RaiseException(raised, \"builtins.ValueError\")\n")
        .append("    else:\n")
        .append("      pass\n")
        .toString();
  }
}
