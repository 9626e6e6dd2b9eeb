package ghostbeam.pipelines.release;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Date;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A tar whose bytes depend on its files' names and content alone: no times, owners or modes of the
 * machine. It is not compressed, as jars are already.
 */
record ReleaseArchive(Path archive, Path part, String top, TarArchiveOutputStream tar)
    implements Closeable {
  private static final Date TIME = Date.from(Instant.parse("2026-01-01T00:00:00Z"));
  private static final int TEXT = 0100644;
  private static final int PROGRAM = 0100755;

  /**
   * Begins an archive, which {@link #finish} makes appear.
   *
   * @param top the folder that all its files lie in, with a slash behind
   */
  static ReleaseArchive create(Path archive, String top) throws IOException {
    Files.createDirectories(archive.getParent());
    Path part = archive.resolveSibling(archive.getFileName() + ".part");
    TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(part), "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    return new ReleaseArchive(archive, part, top, tar);
  }

  /** Adds a file that can be started. */
  void addProgram(String name, Path file) throws IOException {
    add(name, file, PROGRAM);
  }

  void add(String name, Path file) throws IOException {
    add(name, file, TEXT);
  }

  void add(String name, byte[] content) throws IOException {
    begin(name, content.length, TEXT);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private void add(String name, Path file, int mode) throws IOException {
    begin(name, Files.size(file), mode);
    Files.copy(file, tar);
    tar.closeArchiveEntry();
  }

  private void begin(String name, long bytes, int mode) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(top + name);
    entry.setSize(bytes);
    entry.setMode(mode);
    entry.setModTime(TIME);
    entry.setIds(0, 0);
    entry.setNames("root", "root");
    tar.putArchiveEntry(entry);
  }

  /** Ends it and gives it its name. */
  void finish() throws IOException {
    tar.close();
    Files.move(part, archive, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Of one that is not finished, nothing is left. */
  @Override
  public void close() throws IOException {
    try {
      tar.close();
    } catch (IOException e) {
      // An unfinished entry is told by what broke it.
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
