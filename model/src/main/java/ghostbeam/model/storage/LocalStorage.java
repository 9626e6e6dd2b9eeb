package ghostbeam.model.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * {@link Storage} on the local disk; an enum, so that it stays a singleton through serialisation.
 */
enum LocalStorage implements Storage {
  INSTANCE;

  /** What Java puts in place of bytes that it cannot decode. */
  private static final char UNDECODABLE = '\uFFFD';

  @Override
  public SeekableByteChannel open(String path) throws IOException {
    try {
      return Files.newByteChannel(Path.of(path));
    } catch (NoSuchFileException e) {
      throw new IOException(path + " does not exist", e);
    }
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    Path file = Path.of(path).toAbsolutePath();
    Files.createDirectories(file.getParent());
    return new NamedChannel(
        path,
        Files.newByteChannel(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE));
  }

  @Override
  public void extend(String path, ByteBuffer whole, int kept) throws IOException {
    Optional<Entry> found = find(path);
    boolean grows = found.isPresent() && found.get().bytes() == kept;
    try (WritableByteChannel file =
        grows
            ? new NamedChannel(path, Files.newByteChannel(Path.of(path), StandardOpenOption.APPEND))
            : create(path)) {
      Storage.writeFully(file, grows ? whole.position(kept) : whole);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    try {
      Files.move(Path.of(from), Path.of(to), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      throw new IOException(from + " does not exist", e);
    }
  }

  @Override
  public void delete(String path) throws IOException {
    Files.deleteIfExists(Path.of(path));
  }

  @Override
  public boolean exists(String path) {
    return Files.isRegularFile(Path.of(path));
  }

  @Override
  public Optional<Entry> find(String path) throws IOException {
    Path file = Path.of(path);
    return exists(path)
        ? Optional.of(entry(file, Files.readAttributes(file, BasicFileAttributes.class)))
        : Optional.empty();
  }

  @Override
  public List<Entry> list(String folder) throws IOException {
    return list(folder, link -> {});
  }

  @Override
  public List<Entry> list(String folder, Consumer<String> danglingLinks) throws IOException {
    List<Entry> entries = new ArrayList<>();
    walk(folder, Integer.MAX_VALUE, entries::add, danglingLinks);
    entries.sort(BY_PATH);
    return entries;
  }

  @Override
  public List<Entry> listPrefix(String prefix) throws IOException {
    Path folder = Path.of(prefix.substring(0, prefix.lastIndexOf('/') + 1));
    List<Entry> entries = new ArrayList<>();
    walk(
        folder.toString(),
        1,
        file -> !file.path().startsWith(prefix) || entries.add(file),
        link -> {});
    entries.sort(BY_PATH);
    return entries;
  }

  @Override
  public void walk(String folder, Predicate<Entry> more) throws IOException {
    walk(folder, Integer.MAX_VALUE, more, link -> {});
  }

  private static void walk(
      String folder, int depth, Predicate<Entry> more, Consumer<String> danglingLinks)
      throws IOException {
    Path root = Path.of(folder);
    if (!Files.exists(root)) {
      return;
    }
    // walkFileTree hands over attributes and so stats each file once: a third of Files.walk's time.
    Files.walkFileTree(
        root,
        Set.of(FileVisitOption.FOLLOW_LINKS),
        depth,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            requireName(folder, file);
            if (attributes.isSymbolicLink()) { // its target does not exist
              danglingLinks.accept(file.toString());
            }
            return !attributes.isRegularFile() || more.test(entry(file, attributes))
                ? FileVisitResult.CONTINUE
                : FileVisitResult.TERMINATE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof FileSystemLoopException) {
              throw new IOException(
                  file + " is a link to one of its parent folders; remove it", failure);
            }
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // deleted since its folder was read, such as a .part
            }
            if (failure instanceof AccessDeniedException && file.endsWith("lost+found")) {
              return FileVisitResult.CONTINUE; // at the top of a disk, readable only by root
            }
            throw failure;
          }
        });
  }

  /**
   * Rejects a file whose name cannot be decoded: it could not be opened by that name, and two such
   * names may become the same.
   */
  private static void requireName(String folder, Path file) throws IOException {
    String name = file.toString();
    if (name.indexOf(UNDECODABLE) >= 0 && !Path.of(name).equals(file)) {
      String charset = System.getProperty("sun.jnu.encoding");
      throw new IOException(
          "%s holds a file whose name is not in %s: '%s', where %s stands for bytes that cannot be decoded; rename it, or all such files: convmv -r -f latin1 -t utf8 --notest '%s'"
              .formatted(folder, charset, name.replaceAll("\\p{Cntrl}", "?"), UNDECODABLE, folder));
    }
  }

  private static Entry entry(Path file, BasicFileAttributes attributes) {
    return new Entry(
        file.toString(),
        attributes.size(),
        attributes.size() + "@" + attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }

  /**
   * A new file whose failures name it: a full disk's own message does not say which file was
   * written.
   */
  private record NamedChannel(String path, WritableByteChannel file)
      implements WritableByteChannel {
    @Override
    public int write(ByteBuffer bytes) throws IOException {
      try {
        return file.write(bytes);
      } catch (IOException e) {
        throw named(e);
      }
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      try {
        file.close();
      } catch (IOException e) {
        throw named(e);
      }
    }

    private IOException named(IOException e) {
      return e.getMessage() == null ? e : new IOException(path + ": " + e.getMessage(), e);
    }
  }
}
