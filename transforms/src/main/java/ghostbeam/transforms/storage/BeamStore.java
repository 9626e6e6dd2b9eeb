package ghostbeam.transforms.storage;

import ghostbeam.model.storage.Storage;
import ghostbeam.model.storage.Storage.Entry;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.util.MimeTypes;

/** Any store that Beam has a file system for, whose options must be set in this JVM. */
enum BeamStore implements ObjectStore {
  INSTANCE;

  private static final Pattern GLOB = Pattern.compile("[*?\\[\\]{}\\\\]");

  @Override
  public SeekableByteChannel open(Entry found) throws IOException {
    ReadableByteChannel channel = FileSystems.open(resource(found.path()));
    if (channel instanceof SeekableByteChannel seekable) {
      return seekable;
    }
    channel.close();
    throw new IOException("its file system does not support seeking, which random access needs");
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    return FileSystems.create(resource(path), MimeTypes.BINARY);
  }

  /** Passes no move options, since with them Beam first matches the paths as globs. */
  @Override
  public void move(String from, String to) throws IOException {
    FileSystems.rename(List.of(resource(from)), List.of(resource(to)));
  }

  @Override
  public void delete(String path) throws IOException {
    try {
      FileSystems.delete(List.of(resource(path)));
    } catch (FileNotFoundException | NoSuchFileException e) {
      // Already deleted.
    }
  }

  @Override
  public Optional<Entry> find(String path) throws IOException {
    return match(anyOf(path)).stream().filter(e -> e.path().equals(path)).findFirst();
  }

  /** Beam's file systems list everything before they return anything. */
  @Override
  public void walk(String prefix, Predicate<Entry> more) throws IOException {
    for (Entry entry : match(anyOf(prefix) + "**")) {
      if (entry.path().startsWith(prefix) && !more.test(entry)) {
        return;
      }
    }
  }

  private static List<Entry> match(String spec) throws IOException {
    return FileSystems.match(spec, EmptyMatchTreatment.ALLOW).metadata().stream()
        .map(BeamStore::entry)
        .toList();
  }

  private static Entry entry(MatchResult.Metadata file) {
    String checksum = file.checksum();
    String version = checksum == null ? Long.toString(file.lastModifiedMillis()) : checksum;
    return new Storage.Entry(file.resourceId().toString(), file.sizeBytes(), version);
  }

  /**
   * A glob for a literal name, with {@code ?} in place of its glob characters: file systems differ
   * in how those are escaped, so callers compare the names found.
   */
  private static String anyOf(String name) {
    return GLOB.matcher(name).replaceAll("?");
  }

  private static ResourceId resource(String path) {
    return FileSystems.matchNewResource(path, false);
  }
}
