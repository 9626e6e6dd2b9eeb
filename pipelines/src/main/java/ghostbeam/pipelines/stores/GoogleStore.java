package ghostbeam.pipelines.stores;

import com.google.cloud.ReadChannel;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageException;
import ghostbeam.model.record.Storage.Entry;
import ghostbeam.transforms.storage.ObjectStore;
import ghostbeam.transforms.storage.RangedChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;

/** Google Cloud Storage through its own client. An object's version is its generation. */
final class GoogleStore implements ObjectStore.Conditional {
  private static final String MISSING =
      "no Google credentials were found, and without them the store refuses; run gcloud auth"
          + " application-default login, or set GOOGLE_APPLICATION_CREDENTIALS to a key file";
  private static final String REFUSED =
      "Google refused the credentials; give their account a role on the bucket that reads, writes"
          + " and deletes objects, or use others";

  private final Storage client;
  private final String credentials;

  private GoogleStore(Storage client, String credentials) {
    this.client = client;
    this.credentials = credentials;
  }

  static GoogleStore of(GcsOptions options) {
    boolean known = options.getGcpCredential() != null;
    return new GoogleStore(GoogleClient.of(options), known ? REFUSED : MISSING);
  }

  @Override
  public SeekableByteChannel open(Entry found) throws IOException {
    String path = found.path();
    Entry object =
        found.version().isEmpty()
            ? find(path).orElseThrow(() -> new NoSuchFileException(path))
            : found;
    return new RangedChannel(object, new Generation(object));
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    try {
      return new GoogleUpload(client.writer(info(path)), e -> named(path, e));
    } catch (StorageException e) {
      throw refusal(e).onObject(path);
    }
  }

  @Override
  public void put(String path, byte[] bytes) throws IOException {
    try {
      client.create(info(path), bytes);
    } catch (StorageException e) {
      throw refusal(e).general();
    }
  }

  @Override
  public Optional<String> putIfAbsent(String path, byte[] bytes) throws IOException {
    try {
      Blob made = client.create(info(path), bytes, Storage.BlobTargetOption.doesNotExist());
      return Optional.of(made.getGeneration().toString());
    } catch (StorageException e) {
      if (e.getCode() == Refusal.PRECONDITION_FAILED) {
        return Optional.empty();
      }
      throw refusal(e).general();
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
      throw refusal(e).onObject(from);
    }
  }

  @Override
  public void delete(String path) throws IOException {
    try {
      client.delete(id(path));
    } catch (StorageException e) {
      throw refusal(e).general();
    }
  }

  @Override
  public void deleteVersion(String path, String version) throws IOException {
    try {
      client.delete(id(path), Storage.BlobSourceOption.generationMatch(Long.parseLong(version)));
    } catch (StorageException e) {
      if (e.getCode() != Refusal.PRECONDITION_FAILED) {
        throw refusal(e).general();
      }
    }
  }

  @Override
  public Optional<Entry> find(String path) throws IOException {
    if (!ObjectName.of(path).isObject()) {
      return Optional.empty();
    }
    try {
      Blob blob =
          client.get(
              id(path),
              Storage.BlobGetOption.fields(Storage.BlobField.SIZE, Storage.BlobField.GENERATION));
      return Optional.ofNullable(blob).map(found -> entry(path, found));
    } catch (StorageException e) {
      throw refusal(e).general();
    }
  }

  @Override
  public List<Entry> list(String prefix) throws IOException {
    ObjectName name = ObjectName.of(prefix);
    List<Entry> entries = new ArrayList<>();
    try {
      for (Blob blob :
          client
              .list(
                  name.bucket(),
                  Storage.BlobListOption.prefix(name.key()),
                  Storage.BlobListOption.fields(
                      Storage.BlobField.NAME, Storage.BlobField.SIZE, Storage.BlobField.GENERATION))
              .iterateAll()) {
        entries.add(entry("gs://" + name.bucket() + "/" + blob.getName(), blob));
      }
    } catch (StorageException e) {
      throw refusal(e).general();
    }
    return entries;
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

  private IOException named(String path, StorageException e) {
    return new IOException(path + ": " + refusal(e).general().getMessage(), e);
  }

  private Refusal refusal(StorageException e) {
    return new Refusal(e.getCode(), String.valueOf(e.getMessage()), credentials, e);
  }

  /** One content of an object. */
  private final class Generation implements RangedChannel.Source {
    private final Entry object;

    Generation(Entry object) {
      this.object = object;
    }

    @Override
    public long size() throws IOException {
      return find(object.path())
          .filter(now -> now.version().equals(object.version()))
          .orElseThrow(() -> Refusal.changed(null))
          .bytes();
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      long generation = Long.parseLong(object.version());
      try (ReadChannel reader =
          client.reader(id(object.path()), Storage.BlobSourceOption.generationMatch(generation))) {
        reader.setChunkSize(0); // no buffer between
        reader.seek(offset);
        reader.limit(offset + length);
        while (bytes.hasRemaining() && reader.read(bytes) >= 0) {
          // Until the range is whole.
        }
      } catch (StorageException e) {
        return afterwards(e, bytes);
      } catch (IOException e) {
        if (e.getCause() instanceof StorageException cause) {
          return afterwards(cause, bytes);
        }
        throw e;
      }
      return bytes.flip();
    }

    private ByteBuffer afterwards(StorageException e, ByteBuffer bytes) throws IOException {
      if (e.getCode() == Refusal.RANGE_NOT_SATISFIABLE) {
        return bytes.flip();
      }
      throw refusal(e).onObject(object.path());
    }
  }
}
