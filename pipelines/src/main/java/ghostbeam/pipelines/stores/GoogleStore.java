package ghostbeam.pipelines.stores;

import com.google.api.gax.paging.Page;
import com.google.api.gax.retrying.RetrySettings;
import com.google.cloud.ReadChannel;
import com.google.cloud.WriteChannel;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.Storage.BlobWriteOption;
import com.google.cloud.storage.StorageException;
import ghostbeam.model.storage.Storage.Entry;
import ghostbeam.transforms.storage.ObjectStore;
import ghostbeam.transforms.storage.RangedChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;

/** Google Cloud Storage through its own client. An object's version is its generation. */
record GoogleStore(Storage client, GoogleLogin login) implements ObjectStore.Conditional {
  /** Largest object sent in one request; if that breaks off, all of it is sent again. */
  private static final int LONGEST_REQUEST = 8 << 20;

  /** Chunk size for larger objects that are already in memory. */
  private static final int LONG_CHUNK = 16 << 20;

  /** Chunk size for objects being written, of which there may be many at a time. */
  private static final int CHUNK = 4 << 20;

  /** A store with these retries. */
  static GoogleStore of(GcsOptions options, RetrySettings retries) {
    GoogleLogin login = GoogleLogin.of(options);
    return new GoogleStore(GoogleClient.of(options, login.credentials(), retries), login);
  }

  @Override
  public SeekableByteChannel open(Entry found) throws IOException {
    return new RangedChannel(this, versioned(found), this::read);
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    try {
      return new GoogleUpload(client.writer(info(path)), CHUNK, e -> login.refusal(e).named(path));
    } catch (StorageException e) {
      throw login.refusal(e).onObject(path);
    }
  }

  @Override
  public void put(String path, ByteBuffer... parts) throws IOException {
    long length = Arrays.stream(parts).mapToLong(ByteBuffer::remaining).sum();
    try {
      if (length > LONGEST_REQUEST) {
        upload(client.writer(info(path)), parts);
      } else {
        ByteBuffer whole = ByteBuffer.allocate((int) length);
        Arrays.stream(parts).forEach(whole::put);
        client.create(info(path), whole.array());
      }
    } catch (StorageException e) {
      throw login.refusal(e).general();
    }
  }

  @Override
  public Optional<String> putIfAbsent(String path, byte[] bytes) throws IOException {
    try {
      return Optional.of(writeNew(path, bytes));
    } catch (StorageException e) {
      if (e.getCode() == Refusal.PRECONDITION_FAILED) {
        return Optional.empty();
      }
      throw login.refusal(e).general();
    }
  }

  /** Creates an object that must not exist yet; returns its version. */
  private String writeNew(String path, byte[] bytes) throws IOException {
    if (bytes.length > LONGEST_REQUEST) {
      upload(client.writer(info(path), BlobWriteOption.doesNotExist()), ByteBuffer.wrap(bytes));
      return find(path).orElseThrow(() -> new NoSuchFileException(path)).version();
    }
    Blob made = client.create(info(path), bytes, BlobTargetOption.doesNotExist());
    return made.getGeneration().toString();
  }

  /** Not as a {@code BlobWriteSession}, which does not retry its parts. */
  private static void upload(WriteChannel channel, ByteBuffer... parts) throws IOException {
    Function<StorageException, IOException> unchanged =
        e -> {
          throw e;
        };
    try (GoogleUpload upload = new GoogleUpload(channel, LONG_CHUNK, unchanged)) {
      for (ByteBuffer part : parts) {
        while (part.hasRemaining()) {
          upload.write(part);
        }
      }
    }
  }

  @Override
  public void move(String from, String to) throws IOException {
    try {
      client
          .copy(Storage.CopyRequest.newBuilder().setSource(id(from)).setTarget(id(to)).build())
          .getResult();
      client.delete(id(from));
    } catch (StorageException e) {
      throw login.refusal(e).onObject(from);
    }
  }

  @Override
  public void delete(String path) throws IOException {
    BlobId id = id(path);
    ask(() -> client.delete(id));
  }

  /** Runs a request that does not concern an object's content. */
  private <T> T ask(Supplier<T> question) throws IOException {
    try {
      return question.get();
    } catch (StorageException e) {
      throw login.refusal(e).general();
    }
  }

  @Override
  public void deleteVersion(String path, String version) throws IOException {
    try {
      client.delete(id(path), Storage.BlobSourceOption.generationMatch(Long.parseLong(version)));
    } catch (StorageException e) {
      if (e.getCode() != Refusal.PRECONDITION_FAILED) {
        throw login.refusal(e).general();
      }
    }
  }

  @Override
  public Optional<Entry> find(String path) throws IOException {
    if (!ObjectName.of(path).isObject()) {
      return Optional.empty();
    }
    BlobId id = id(path);
    Storage.BlobGetOption fields =
        Storage.BlobGetOption.fields(Storage.BlobField.SIZE, Storage.BlobField.GENERATION);
    return Optional.ofNullable(ask(() -> client.get(id, fields))).map(blob -> entry(path, blob));
  }

  @Override
  public boolean isFolder(String path) throws IOException {
    Page<Blob> first = page(ObjectName.of(path + "/"), BlobListOption.pageSize(1));
    return first.getValues().iterator().hasNext();
  }

  private Page<Blob> page(ObjectName prefix, BlobListOption option) throws IOException {
    BlobListOption below = BlobListOption.prefix(prefix.key());
    return ask(() -> client.list(prefix.bucket(), below, option));
  }

  @Override
  public void walk(String prefix, Predicate<Entry> more) throws IOException {
    ObjectName name = ObjectName.of(prefix);
    BlobListOption fields =
        BlobListOption.fields(
            Storage.BlobField.NAME, Storage.BlobField.SIZE, Storage.BlobField.GENERATION);
    String root = "gs://" + name.bucket() + "/";
    Page<Blob> first = page(name, fields);
    ask(() -> first.streamAll().allMatch(blob -> more.test(entry(root + blob.getName(), blob))));
  }

  private static Entry entry(String path, Blob blob) {
    return new Entry(path, blob.getSize(), blob.getGeneration().toString());
  }

  private static BlobId id(String path) throws IOException {
    ObjectName name = ObjectName.of(path);
    return BlobId.of(name.bucket(), name.key());
  }

  private static BlobInfo info(String path) throws IOException {
    return BlobInfo.newBuilder(id(path)).setContentType("application/octet-stream").build();
  }

  private ByteBuffer read(Entry object, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    long generation = Long.parseLong(object.version());
    try (ReadChannel reader =
        client.reader(id(object.path()), Storage.BlobSourceOption.generationMatch(generation))) {
      reader.setChunkSize(0); // no buffer in between
      reader.seek(offset);
      reader.limit(offset + length);
      while (bytes.hasRemaining() && reader.read(bytes) >= 0) {
        // Until the range is complete.
      }
    } catch (StorageException e) {
      return emptyPastTheEnd(object, e, bytes);
    } catch (IOException e) {
      if (e.getCause() instanceof StorageException cause) {
        return emptyPastTheEnd(object, cause, bytes);
      }
      throw e;
    }
    return bytes.flip();
  }

  private ByteBuffer emptyPastTheEnd(Entry object, StorageException e, ByteBuffer bytes)
      throws IOException {
    if (e.getCode() == Refusal.RANGE_NOT_SATISFIABLE) {
      return bytes.flip();
    }
    throw login.refusal(e).onObject(object.path());
  }
}
