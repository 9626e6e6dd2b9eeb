package ghostbeam.transforms.source;

/**
 * An input, or a folder inside of one: {@code imagenet.zip!/ILSVRC/Data/CLS-LOC}.
 *
 * @param container absolute path or URI of a folder or archive
 * @param inside empty for all of it, else relative and ending in {@code /}
 */
public record InputPath(String container, String inside) {
  private static final String SEPARATOR = "!/";

  /** Splits at the first {@code !/}. */
  public static InputPath parse(String input) {
    int at = input.indexOf(SEPARATOR);
    if (at <= 0) {
      return new InputPath(input, "");
    }
    String inside = input.substring(at + SEPARATOR.length()).replaceAll("^/+|/+$", "");
    return new InputPath(input.substring(0, at), inside.isEmpty() ? "" : inside + "/");
  }

  /** The folder's name, or the container's without its extension. */
  public String name() {
    return inside.isEmpty()
        ? FileNames.stem(container)
        : FileNames.last(inside.substring(0, inside.length() - 1));
  }

  /** A folder inside of this one, its path empty or ending in {@code /}. */
  public InputPath within(String folder) {
    return new InputPath(container, inside + folder);
  }

  /** As it is typed. */
  @Override
  public String toString() {
    return inside.isEmpty()
        ? container
        : container + SEPARATOR + inside.substring(0, inside.length() - 1);
  }
}
