package ghostbeam.transforms.source;

/**
 * One file of a source, before anybody knows which class it is of.
 *
 * @param path relative to the source's top, parts separated by {@code /}
 */
public record SourceFile(String path, Extent extent) {

  /** The same file under another path. */
  public SourceFile at(String newPath) {
    return new SourceFile(newPath, extent);
  }
}
