package ghostbeam.model.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@link Storage} on this machine's disk; an enum, so that it stays one through serialisation. */
enum LocalStorage implements Storage {
  INSTANCE;

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
    return exists(path) ? Optional.of(entry(Path.of(path))) : Optional.empty();
  }

  @Override
  public List<Entry> list(String folder) throws IOException {
    Path root = Path.of(folder);
    if (!Files.exists(root)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      List<Path> regular = files.filter(Files::isRegularFile).toList();
      Stream.Builder<Entry> entries = Stream.builder();
      for (Path file : regular) {
        entries.add(entry(file));
      }
      return entries.build().sorted(Storage.BYTE_ORDER).toList();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof FileSystemLoopException loop) {
        throw new IOException(
            loop.getFile() + " is a link to a folder that it lies in; remove it", loop);
      }
      throw e.getCause();
    }
  }

  private static Entry entry(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new Entry(
        file.toString(),
        attributes.size(),
        attributes.size() + "@" + attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }
}
