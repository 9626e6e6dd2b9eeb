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
 * A tar whose bytes depend only on its files' names and content: no times, owners or modes of this
 * machine. It is not compressed, since jars are already.
 */
record ReleaseArchive(Path archive, Path part, String top, TarArchiveOutputStream tar)
    implements Closeable {
  private static final Date TIME = Date.from(Instant.parse("2026-01-01T00:00:00Z"));
  private static final int TEXT = 0100644;
  private static final int EXECUTABLE = 0100755;

  /**
   * Starts an archive, which appears on {@link #finish}.
   *
   * @param top the folder of all its files, with a trailing slash
   */
  static ReleaseArchive create(Path archive, String top) throws IOException {
    Files.createDirectories(archive.getParent());
    Path part = archive.resolveSibling(archive.getFileName() + ".part");
    TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(part), "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    return new ReleaseArchive(archive, part, top, tar);
  }

  /** Adds an executable file. */
  void addExecutable(String name, Path file) throws IOException {
    add(name, file, EXECUTABLE);
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

  /** Completes the archive and moves it to its final name. */
  void finish() throws IOException {
    tar.close();
    Files.move(part, archive, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Deletes an archive that is not finished. */
  @Override
  public void close() throws IOException {
    try {
      tar.close();
    } catch (IOException e) {
      // An unfinished entry: the failure that left it is being thrown.
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
