package ghostbeam.transforms.storage;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystem;
import org.apache.beam.sdk.io.FileSystemRegistrar;
import org.apache.beam.sdk.io.fs.CreateOptions;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MatchResult.Metadata;
import org.apache.beam.sdk.io.fs.MatchResult.Status;
import org.apache.beam.sdk.io.fs.MoveOptions;
import org.apache.beam.sdk.io.fs.ResolveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * An object store in this JVM, {@code memory://bucket/name}: specs are globs like those of gs://
 * and s3://, there are no folders, and an object appears when its channel is closed.
 */
final class MemoryFileSystem extends FileSystem<MemoryFileSystem.Name> {
  static final ConcurrentSkipListMap<String, byte[]> OBJECTS = new ConcurrentSkipListMap<>();
  private static volatile boolean deletes = true;

  /** Found by Beam through {@code META-INF/services}. */
  public static final class Registrar implements FileSystemRegistrar {
    @Override
    public Iterable<FileSystem<?>> fromOptions(PipelineOptions options) {
      return List.of(new MemoryFileSystem());
    }
  }

  record Name(String name) implements ResourceId {
    @Override
    public ResourceId resolve(String other, ResolveOptions options) {
      return new Name(name + other);
    }

    @Override
    public ResourceId getCurrentDirectory() {
      return new Name(name.substring(0, name.lastIndexOf('/') + 1));
    }

    @Override
    public String getScheme() {
      return "memory";
    }

    @Override
    public String getFilename() {
      return name.substring(name.lastIndexOf('/') + 1);
    }

    @Override
    public boolean isDirectory() {
      return name.endsWith("/");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @Override
  protected List<MatchResult> match(List<String> specs) {
    return specs.stream().map(MemoryFileSystem::match).toList();
  }

  private static MatchResult match(String spec) {
    StringBuilder regex = new StringBuilder();
    for (String part : spec.split("(?<=\\*\\*)|(?=\\*\\*)|(?<=\\?)|(?=\\?)", -1)) {
      regex.append(part.equals("**") ? ".*" : part.equals("?") ? "[^/]" : Pattern.quote(part));
    }
    Pattern pattern = Pattern.compile(regex.toString());
    List<Metadata> found =
        OBJECTS.entrySet().stream()
            .filter(e -> pattern.matcher(e.getKey()).matches())
            .map(
                e ->
                    Metadata.builder()
                        .setResourceId(new Name(e.getKey()))
                        .setSizeBytes(e.getValue().length)
                        .setIsReadSeekEfficient(true)
                        .build())
            .toList();
    return found.isEmpty()
        ? MatchResult.create(Status.NOT_FOUND, new FileNotFoundException(spec))
        : MatchResult.create(Status.OK, found);
  }

  /** Writes to objects named {@code *.full*} fail, but the objects appear. */
  @Override
  protected WritableByteChannel create(Name name, CreateOptions options) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WritableByteChannel channel = Channels.newChannel(bytes);
    return new WritableByteChannel() {
      @Override
      public int write(ByteBuffer source) throws IOException {
        if (name.name().contains(".full")) {
          throw new IOException("no space left");
        }
        return channel.write(source);
      }

      @Override
      public boolean isOpen() {
        return channel.isOpen();
      }

      @Override
      public void close() throws IOException {
        channel.close();
        OBJECTS.put(name.name(), bytes.toByteArray());
      }
    };
  }

  /** Objects named {@code *.stream} do not support seeking. */
  @Override
  protected ReadableByteChannel open(Name name) throws IOException {
    ReadableByteChannel channel = new SeekableInMemoryByteChannel(get(name));
    return name.name().endsWith(".stream")
        ? Channels.newChannel(Channels.newInputStream(channel))
        : channel;
  }

  @Override
  protected void copy(List<Name> from, List<Name> to) throws IOException {
    for (int i = 0; i < from.size(); i++) {
      OBJECTS.put(to.get(i).name(), get(from.get(i)));
    }
  }

  @Override
  protected void rename(List<Name> from, List<Name> to, MoveOptions... options) throws IOException {
    copy(from, to);
    delete(from);
  }

  /** Sets whether objects can be deleted; renaming is not affected. */
  static void deletes(boolean can) {
    deletes = can;
  }

  @Override
  protected void delete(Collection<Name> names) throws IOException {
    for (Name name : names) {
      get(name);
      if (!deletes && !name.name().endsWith(".part")) {
        throw new IOException("refused");
      }
      OBJECTS.remove(name.name());
    }
  }

  @Override
  protected Name matchNewResource(String name, boolean isDirectory) {
    return new Name(name);
  }

  @Override
  protected String getScheme() {
    return "memory";
  }

  private static byte[] get(Name name) throws FileNotFoundException {
    byte[] bytes = OBJECTS.get(name.name());
    if (bytes == null) {
      throw new FileNotFoundException("404\n{\"error\": …}");
    }
    return bytes;
  }
}
