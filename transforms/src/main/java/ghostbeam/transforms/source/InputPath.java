package ghostbeam.transforms.source;

/**
 * An input, or a folder inside one: {@code imagenet.zip!/ILSVRC/Data/CLS-LOC}.
 *
 * @param container absolute path or URI of a folder or archive
 * @param inside empty for the whole container, otherwise relative and ending in {@code /}
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

  /** A folder inside this one; its path is empty or ends in {@code /}. */
  public InputPath within(String folder) {
    return new InputPath(container, inside + folder);
  }

  /** The notation with {@code !/} that users type. */
  @Override
  public String toString() {
    return inside.isEmpty()
        ? container
        : container + SEPARATOR + inside.substring(0, inside.length() - 1);
  }
}
