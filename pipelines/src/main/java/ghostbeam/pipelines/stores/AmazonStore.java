package ghostbeam.pipelines.stores;

import ghostbeam.model.storage.Storage.Entry;
import ghostbeam.transforms.storage.ObjectStore;
import ghostbeam.transforms.storage.RangedChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.io.aws2.s3.SSECustomerKey;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryPolicy;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/** S3 and compatible stores. An object's version is its ETag. */
record AmazonStore(S3Client client, S3Options options, AmazonCopy.Limits limits)
    implements ObjectStore.Atomic {

  /**
   * A store with these retries and copy limits.
   *
   * @throws IllegalStateException if no region is known
   */
  static AmazonStore of(S3Options options, RetryPolicy retries, AmazonCopy.Limits limits) {
    AmazonRegion.find(options);
    return new AmazonStore(AmazonClient.of(options, retries), options, limits);
  }

  @Override
  public SeekableByteChannel open(Entry found) throws IOException {
    Entry object = versioned(found);
    if (object.version().isEmpty()) {
      throw new IOException(
          "its store sends no ETag, without which changes during reading go unnoticed; upload it again"
              + " through the store, such as by aws s3 cp");
    }
    return new RangedChannel(this, object, this::read);
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    return upload(path, options.getS3UploadBufferSizeBytes(), e -> AmazonRefusal.of(e).named(path));
  }

  @Override
  public void put(String path, ByteBuffer... parts) throws IOException {
    long length = Arrays.stream(parts).mapToLong(ByteBuffer::remaining).sum();
    int held = (int) Math.min(length, options.getS3UploadBufferSizeBytes());
    try (AmazonUpload upload = upload(path, held, e -> AmazonRefusal.of(e).general())) {
      for (ByteBuffer part : parts) {
        upload.write(part);
      }
    }
  }

  private AmazonUpload upload(
      String path, int partBytes, Function<SdkException, IOException> failure) throws IOException {
    return new AmazonUpload(client, options, ObjectName.of(path), partBytes, failure);
  }

  @Override
  public void move(String from, String to) throws IOException {
    HeadObjectResponse found = head(from).orElseThrow(() -> new NoSuchFileException(from));
    try {
      new AmazonCopy(client, options, limits).copy(ObjectName.of(from), found, ObjectName.of(to));
    } catch (SdkException e) {
      throw AmazonRefusal.of(e).onObject(from);
    }
    delete(from);
  }

  @Override
  public void delete(String path) throws IOException {
    ObjectName name = ObjectName.of(path);
    try {
      client.deleteObject(request -> request.bucket(name.bucket()).key(name.key()));
    } catch (NoSuchKeyException e) {
      // Already gone.
    } catch (SdkException e) {
      throw AmazonRefusal.of(e).general();
    }
  }

  @Override
  public Optional<Entry> find(String path) throws IOException {
    return head(path).map(head -> new Entry(path, head.contentLength(), version(head.eTag())));
  }

  private Optional<HeadObjectResponse> head(String path) throws IOException {
    ObjectName name = ObjectName.of(path);
    if (!name.isObject()) {
      return Optional.empty();
    }
    SSECustomerKey key = options.getSSECustomerKey();
    HeadObjectRequest request =
        HeadObjectRequest.builder()
            .bucket(name.bucket())
            .key(name.key())
            .sseCustomerKey(key.getKey())
            .sseCustomerAlgorithm(key.getAlgorithm())
            .sseCustomerKeyMD5(key.getMD5())
            .build();
    try {
      HeadObjectResponse found = client.headObject(request);
      if (found.contentLength() == null) {
        throw new IOException("its store does not send its length, which reading in place needs");
      }
      return Optional.of(found);
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw AmazonRefusal.of(AmazonRefusal.lacksCode(e) ? explained(name, e) : e).general();
    }
  }

  /** Keys are URL-encoded, since XML cannot hold every character. */
  private static ListObjectsV2Request.Builder listing(ObjectName start) {
    return ListObjectsV2Request.builder()
        .bucket(start.bucket())
        .prefix(start.key())
        .encodingType(EncodingType.URL);
  }

  /** Other XML, such as an XHTML page, parses to a listing without any part. */
  private static List<S3Object> listed(ListObjectsV2Response answer) {
    if (answer.name() == null && answer.isTruncated() == null && answer.contents().isEmpty()) {
      throw AmazonRefusal.noListing();
    }
    return answer.contents();
  }

  /**
   * Why an object's HEAD was refused: S3 says so in the response's body, which a listing has and a
   * HEAD has not. The given failure if a listing is not refused.
   */
  private SdkException explained(ObjectName name, SdkException silent) {
    try {
      client.listObjectsV2(listing(name).maxKeys(1).build());
      return silent;
    } catch (SdkException told) {
      told.addSuppressed(silent);
      return told;
    }
  }

  private static String version(String eTag) {
    return eTag == null ? "" : eTag;
  }

  @Override
  public void walk(String prefix, Predicate<Entry> more) throws IOException {
    ObjectName name = ObjectName.of(prefix);
    try {
      for (ListObjectsV2Response page : client.listObjectsV2Paginator(listing(name).build())) {
        for (S3Object object : listed(page)) {
          String path = "s3://" + name.bucket() + "/" + object.key();
          if (!more.test(new Entry(path, object.size(), version(object.eTag())))) {
            return;
          }
        }
      }
    } catch (SdkException e) {
      throw AmazonRefusal.of(e).general();
    }
  }

  @Override
  public boolean isFolder(String path) throws IOException {
    ObjectName name = ObjectName.of(path + "/");
    try {
      return !listed(client.listObjectsV2(listing(name).maxKeys(1).build())).isEmpty();
    } catch (SdkException e) {
      throw AmazonRefusal.of(e).general();
    }
  }

  /** Reads a response's first bytes; if there may be more, the connection is dropped. */
  private static ResponseTransformer<GetObjectResponse, byte[]> atMost(int limit) {
    return (response, body) -> {
      try {
        byte[] bytes = body.readNBytes(limit);
        if (bytes.length == limit) {
          body.abort();
        }
        return bytes;
      } catch (IOException e) {
        throw RetryableException.create("the connection ended before the response did", e);
      }
    };
  }

  private ByteBuffer read(Entry object, long offset, int length) throws IOException {
    ObjectName name = ObjectName.of(object.path());
    SSECustomerKey key = options.getSSECustomerKey();
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(name.bucket())
            .key(name.key())
            .ifMatch(object.version())
            .range("bytes=" + offset + "-" + (offset + length - 1))
            .sseCustomerKey(key.getKey())
            .sseCustomerAlgorithm(key.getAlgorithm())
            .sseCustomerKeyMD5(key.getMD5())
            .build();
    try {
      byte[] bytes = client.getObject(request, atMost(length + 1));
      if (bytes.length > length) {
        throw new IOException("its store ignores range requests, which reading in place needs");
      }
      return ByteBuffer.wrap(bytes);
    } catch (SdkException e) {
      Refusal refusal = AmazonRefusal.of(e);
      if (refusal.status() == Refusal.RANGE_NOT_SATISFIABLE) {
        return ByteBuffer.allocate(0);
      }
      throw refusal.onObject(object.path());
    }
  }
}
