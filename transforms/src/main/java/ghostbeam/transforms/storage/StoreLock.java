package ghostbeam.transforms.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import java.util.UUID;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.CreateOptions.StandardCreateOptions;
import org.apache.beam.sdk.util.MimeTypes;

/** An object in a store, which stays when its run dies. */
final class StoreLock extends RunLock {
  private static final int LONGEST_HOLDER = 4096;
  private static final Storage STORE = BeamStorage.INSTANCE;

  private final String path;

  private StoreLock(String path) {
    this.path = path;
  }

  /** Creates the object if it does not exist: in gs://, a write of generation 0. */
  static StoreLock create(String path, String holder) throws IOException {
    try {
      StandardCreateOptions ifAbsent =
          StandardCreateOptions.builder()
              .setMimeType(MimeTypes.TEXT)
              .setExpectFileToNotExist(true)
              .build();
      try (WritableByteChannel channel =
          FileSystems.create(FileSystems.matchNewResource(path, false), ifAbsent)) {
        write(channel, holder);
      }
      return new StoreLock(path);
    } catch (IOException | RuntimeException e) {
      if (!STORE.exists(path)) {
        throw new IOException(path + " cannot be written: " + e.getMessage(), e);
      }
      String found = new String(STORE.readWhole(path, LONGEST_HOLDER), UTF_8);
      if (found.equals(holder)) {
        return new StoreLock(path); // the first of two attempts of the client got through
      }
      throw refused(path, found, remedy(path));
    }
  }

  /** Puts a claim of one's own, then looks whether there is another. */
  static StoreLock claim(String path, String holder) throws IOException {
    String own = path + "." + UUID.randomUUID();
    try (WritableByteChannel channel = STORE.create(own)) {
      write(channel, holder);
    }
    StoreLock lock = new StoreLock(own);
    Optional<String> other =
        STORE.list(path.substring(0, path.lastIndexOf('/'))).stream()
            .map(Storage.Entry::path)
            .filter(claim -> claim.startsWith(path + ".") && !claim.equals(own))
            .findFirst();
    if (other.isPresent()) {
      lock.close();
      throw refused(other.get(), holderOf(other.get()), remedy(other.get()));
    }
    return lock;
  }

  private static String holderOf(String claim) {
    try {
      return new String(STORE.readWhole(claim, LONGEST_HOLDER), UTF_8);
    } catch (IOException e) {
      return ""; // given up since it was listed
    }
  }

  private static String remedy(String path) {
    return "wait for it, or if that run is dead delete " + path + " and run again";
  }

  private static void write(WritableByteChannel channel, String text) throws IOException {
    ByteBuffer bytes = UTF_8.encode(text);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    STORE.delete(path);
  }
}
