package ghostbeam.transforms.storage;

import ghostbeam.model.record.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.util.MimeTypes;

/**
 * {@link Storage} through Beam's FileSystems, which must have their options set in this JVM.
 *
 * <p>Local paths, with or without {@code file:}, go straight to the disk and are listed without it:
 * Beam's own local file system reads every name as a glob and returns absolute ones.
 */
public enum BeamStorage implements Storage {
  INSTANCE;

  private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][-a-zA-Z0-9+.]*:/.*");
  private static final Pattern GLOB = Pattern.compile("[*?\\[\\]{}\\\\]");

  @Override
  public SeekableByteChannel open(String path) throws IOException {
    if (isLocal(path)) {
      return Storage.local().open(plain(path));
    }
    return named(
        path,
        () -> {
          ReadableByteChannel channel = FileSystems.open(resource(path));
          if (channel instanceof SeekableByteChannel seekable) {
            return seekable;
          }
          channel.close();
          throw new IOException("its file system cannot seek, which random access needs");
        });
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    if (isLocal(path)) {
      return Storage.local().create(plain(path));
    }
    return named(path, () -> FileSystems.create(resource(path), MimeTypes.BINARY));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    if (isLocal(from)) {
      Storage.local().rename(plain(from), plain(to));
      return;
    }
    // Without move options: those look files up by glob first.
    this.<Void>named(
        from,
        () -> {
          FileSystems.rename(List.of(resource(from)), List.of(resource(to)));
          return null;
        });
  }

  @Override
  public void delete(String path) throws IOException {
    if (isLocal(path)) {
      Storage.local().delete(plain(path));
      return;
    }
    this.<Void>named(
        path,
        () -> {
          try {
            FileSystems.delete(List.of(resource(path)));
          } catch (FileNotFoundException | NoSuchFileException e) {
            // Gone is what was asked for.
          }
          return null;
        });
  }

  @Override
  public boolean exists(String path) throws IOException {
    if (isLocal(path)) {
      return Storage.local().exists(plain(path));
    }
    return !path.endsWith("/")
        && named(path, () -> match(anyOf(path)).stream().anyMatch(e -> e.path().equals(path)));
  }

  @Override
  public List<Entry> list(String folder) throws IOException {
    if (isLocal(folder)) {
      return Storage.local().list(plain(folder));
    }
    String prefix = Storage.resolve(folder, "");
    return named(
        folder,
        () -> {
          List<Entry> below = match(anyOf(prefix) + "**");
          List<Entry> found = below.isEmpty() ? match(anyOf(folder)) : below;
          return found.stream()
              .filter(e -> e.path().startsWith(prefix) || e.path().equals(folder))
              .filter(e -> !e.path().endsWith("/")) // stores keep empty objects as folders
              .sorted(BYTE_ORDER)
              .toList();
        });
  }

  private static List<Entry> match(String spec) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (MatchResult.Metadata file :
        FileSystems.match(spec, EmptyMatchTreatment.ALLOW).metadata()) {
      entries.add(new Entry(file.resourceId().toString(), file.sizeBytes()));
    }
    return entries;
  }

  /**
   * A glob that matches a name literally but for its own glob characters, where any character will
   * do: stores differ in how those are escaped, so the caller compares the names found.
   */
  private static String anyOf(String name) {
    return GLOB.matcher(name).replaceAll("?");
  }

  private static ResourceId resource(String path) {
    return FileSystems.matchNewResource(path, false);
  }

  static boolean isLocal(String path) {
    return !SCHEME.matcher(path).matches() || path.startsWith("file:/");
  }

  static String plain(String path) {
    if (!path.startsWith("file:/")) {
      return path;
    }
    return path.substring(path.startsWith("file://") ? "file://".length() : "file:".length());
  }

  private interface Access<T> {
    T run() throws IOException;
  }

  /** Gives every failure its path, in one line; the store's own words stay as the cause. */
  private <T> T named(String path, Access<T> access) throws IOException {
    try {
      return access.run();
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw new IOException(path + " does not exist", e);
    } catch (IOException | RuntimeException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IOException(path + ": " + reason, e);
    }
  }
}
