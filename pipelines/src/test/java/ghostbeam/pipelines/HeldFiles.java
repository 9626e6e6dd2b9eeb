package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.storage.ObjectStore;
import ghostbeam.transforms.storage.ObjectStores;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystem;
import org.apache.beam.sdk.io.FileSystemRegistrar;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Local files, named {@code held:///path}, that jobs in any process read up to a point, and then no
 * further until a test lets them. So a job stays in the middle of its work for as long as a test
 * needs, on a machine of any speed.
 */
public final class HeldFiles implements ObjectStore.Atomic {
  private static final String SCHEME = "held";
  private static final String START = SCHEME + "://";
  private static final long PATIENCE_S = 600;
  private static final long LOOK_AGAIN_MILLIS = 5;

  private static final Pattern STAGED =
      Pattern.compile(".*/((model|transforms|pipelines)-|beam-(?!vendor-|runners-direct-))[^/]*");

  /** Reads that each hold has counted in this process. */
  private static final Map<String, AtomicLong> READS = new ConcurrentHashMap<>();

  /** Found by Beam through {@code META-INF/services}, in every process that runs a job. */
  public static final class Registrar implements FileSystemRegistrar {
    @Override
    public Iterable<FileSystem<?>> fromOptions(PipelineOptions options) {
      ObjectStores.register(SCHEME, HeldFiles::new);
      return List.of();
    }
  }

  private HeldFiles() {}

  /** The path by which a job reads a file or folder that may hold it. */
  public static String name(Path path) {
    return START + path.toAbsolutePath();
  }

  /** Whether a flag names such a file. */
  public static boolean isNamedIn(String flag) {
    return flag.contains(START);
  }

  /**
   * The flag that lets a cluster's job read such files: beside what jobs bring with them, the
   * modules and Beam, it names the tests' own classes.
   */
  public static String staged() {
    return "--filesToStage="
        + Arrays.stream(FreshJvm.classPath().split(File.pathSeparator, -1))
            .filter(entry -> !entry.endsWith(".jar") || STAGED.matcher(entry).matches())
            .collect(Collectors.joining(","));
  }

  /**
   * Lets each process make this many reads of files below a folder, or of one file, and no more.
   *
   * @param names a regular expression of the names of files that count
   * @param reads of which each is one record of a shard, or one range of an archive
   */
  public static Hold after(Path path, String names, int reads) throws IOException {
    Hold hold = new Hold(path, UUID.randomUUID().toString());
    Files.createDirectory(hold.waiting());
    Path whole =
        Files.writeString(hold.waiting().resolve("terms"), hold.id() + " " + reads + " " + names);
    Files.move(whole, terms(path), StandardCopyOption.ATOMIC_MOVE);
    return hold;
  }

  private static Path terms(Path path) {
    return path.resolveSibling(path.getFileName() + ".hold");
  }

  /** A point at which processes wait; the last one made of a path is the one that counts. */
  public record Hold(Path path, String id) implements AutoCloseable {

    /** A folder with an empty file for each process that waits, named by its number. */
    private Path waiting() {
      return path.resolveSibling(path.getFileName() + ".hold-" + id);
    }

    private void say(long process) throws IOException {
      try {
        Files.createFile(waiting().resolve(Long.toString(process)));
      } catch (FileAlreadyExistsException e) {
        // Another of its threads has said so.
      }
    }

    /**
     * Returns once this many processes wait.
     *
     * @param job which one of them runs, or is the client of
     * @param said where it says why it has ended, if it has
     */
    public void await(Process job, Path said, int processes) throws Exception {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
      while (count() < processes) {
        assertTrue(job.isAlive(), () -> "it has ended, though held: " + read(said));
        assertTrue(System.nanoTime() < deadline, () -> "it does not come to " + path);
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
    }

    private long count() throws IOException {
      try (Stream<Path> processes = Files.list(waiting())) {
        return processes.count();
      }
    }

    /** The output so far, or why it cannot be read. */
    public static String read(Path said) {
      try {
        return Files.readString(said);
      } catch (IOException e) {
        return e.toString();
      }
    }

    /** Lets all continue. */
    public void release() throws IOException {
      Files.deleteIfExists(terms(path));
    }

    @Override
    public void close() throws IOException {
      release();
    }
  }

  @Override
  public SeekableByteChannel open(Storage.Entry found) throws IOException {
    Path path = local(found.path());
    return new Channel(path, Files.newByteChannel(path));
  }

  private record Channel(Path path, SeekableByteChannel file) implements SeekableByteChannel {
    @Override
    public int read(ByteBuffer to) throws IOException {
      for (Path at = path; at.getFileName() != null; at = at.getParent()) {
        waitAt(at);
      }
      return file.read(to);
    }

    private void waitAt(Path held) throws IOException {
      try {
        String terms = Files.readString(terms(held));
        String[] words = terms.split(" ", 3);
        if (path.getFileName().toString().matches(words[2])
            && READS.computeIfAbsent(terms, unused -> new AtomicLong()).incrementAndGet()
                > Long.parseLong(words[1])) {
          new Hold(held, words[0]).say(ProcessHandle.current().pid());
          while (Files.readString(terms(held)).equals(terms)) {
            Thread.sleep(LOOK_AGAIN_MILLIS);
          }
        }
      } catch (NoSuchFileException e) {
        // No hold is there, or no longer.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        file.close();
        throw new ClosedByInterruptException();
      }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      return file.write(from);
    }

    @Override
    public long position() throws IOException {
      return file.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
      file.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
      file.truncate(size);
      return this;
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private static Path local(String name) {
    return Path.of(name.substring(START.length()));
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    return Storage.local().create(local(path).toString());
  }

  @Override
  public void put(String path, ByteBuffer... parts) throws IOException {
    Storage.local().writeWhole(local(path).toString(), parts);
  }

  @Override
  public void move(String from, String to) throws IOException {
    Storage.local().rename(local(from).toString(), local(to).toString());
  }

  @Override
  public void delete(String path) throws IOException {
    Storage.local().delete(local(path).toString());
  }

  @Override
  public Optional<Storage.Entry> find(String path) throws IOException {
    return Storage.local().find(local(path).toString()).map(HeldFiles::named);
  }

  @Override
  public void walk(String prefix, Predicate<Storage.Entry> more) throws IOException {
    Storage.local().walk(local(prefix).toString(), found -> more.test(named(found)));
  }

  private static Storage.Entry named(Storage.Entry found) {
    return new Storage.Entry(name(Path.of(found.path())), found.bytes(), found.version());
  }
}
