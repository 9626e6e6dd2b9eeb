package ghostbeam.pipelines.stores;

import ghostbeam.model.record.Storage.Entry;
import ghostbeam.transforms.storage.ObjectStore;
import ghostbeam.transforms.storage.RangedChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.io.aws2.s3.SSECustomerKey;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.core.retry.RetryPolicy;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * S3 and what speaks its protocol, through the client that Beam makes of its options. An object's
 * version is its ETag.
 */
final class AmazonStore implements ObjectStore {
  private static final String MISSING =
      "no AWS credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or an AWS"
          + " profile, or give --awsCredentialsProvider";
  private static final String REFUSED =
      "the store refused the AWS credentials; allow their user to list, read, write and delete in"
          + " the bucket, or use others";

  /** Refused credentials that S3 answers as if the request were malformed. */
  private static final Set<String> BAD_TOKENS =
      Set.of("ExpiredToken", "InvalidToken", "TokenRefreshRequired");

  private final S3Client client;
  private final S3Options options;
  private final SSECustomerKey key;
  private final int partBytes;

  private AmazonStore(S3Client client, S3Options options) {
    this.client = client;
    this.options = options;
    this.key = options.getSSECustomerKey();
    this.partBytes = options.getS3UploadBufferSizeBytes();
  }

  /** Throws an {@link IllegalStateException} where nothing says the region. */
  static AmazonStore of(S3Options options) {
    return of(options, AmazonClient.PATIENT);
  }

  /** The same, tried again in another manner. */
  static AmazonStore of(S3Options options, RetryPolicy retries) {
    AmazonRegion.find(options);
    return new AmazonStore(AmazonClient.of(options, retries), options);
  }

  @Override
  public SeekableByteChannel open(Entry found) throws IOException {
    String path = found.path();
    Entry object =
        found.version().isEmpty()
            ? find(path).orElseThrow(() -> new NoSuchFileException(path))
            : found;
    if (object.version().isEmpty()) {
      throw new IOException(
          "its store gives no ETag, without which nobody can tell whether it changes while it is"
              + " read; copy it there through the store, such as by aws s3 cp");
    }
    return new RangedChannel(object, new Content(object));
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    return upload(path, partBytes, e -> named(path, e));
  }

  @Override
  public void put(String path, ByteBuffer... parts) throws IOException {
    long length = Arrays.stream(parts).mapToLong(ByteBuffer::remaining).sum();
    int held = (int) Math.min(length, partBytes);
    try (AmazonUpload upload = upload(path, held, e -> refusal(e).general())) {
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
    ObjectName source = ObjectName.of(from);
    ObjectName target = ObjectName.of(to);
    CopyObjectRequest request =
        CopyObjectRequest.builder()
            .sourceBucket(source.bucket())
            .sourceKey(source.key())
            .destinationBucket(target.bucket())
            .destinationKey(target.key())
            .storageClass(options.getS3StorageClass())
            .serverSideEncryption(options.getSSEAlgorithm())
            .ssekmsKeyId(options.getSSEKMSKeyId())
            .copySourceSSECustomerKey(key.getKey())
            .copySourceSSECustomerAlgorithm(key.getAlgorithm())
            .copySourceSSECustomerKeyMD5(key.getMD5())
            .sseCustomerKey(key.getKey())
            .sseCustomerAlgorithm(key.getAlgorithm())
            .sseCustomerKeyMD5(key.getMD5())
            .build();
    try {
      client.copyObject(request);
    } catch (SdkException e) {
      throw refusal(e).onObject(from);
    }
    delete(from);
  }

  @Override
  public void delete(String path) throws IOException {
    ObjectName name = ObjectName.of(path);
    try {
      client.deleteObject(
          DeleteObjectRequest.builder().bucket(name.bucket()).key(name.key()).build());
    } catch (NoSuchKeyException e) {
      // Gone is what was asked for.
    } catch (SdkException e) {
      throw refusal(e).general();
    }
  }

  @Override
  public Optional<Entry> find(String path) throws IOException {
    ObjectName name = ObjectName.of(path);
    if (!name.isObject()) {
      return Optional.empty();
    }
    HeadObjectRequest request =
        HeadObjectRequest.builder()
            .bucket(name.bucket())
            .key(name.key())
            .sseCustomerKey(key.getKey())
            .sseCustomerAlgorithm(key.getAlgorithm())
            .sseCustomerKeyMD5(key.getMD5())
            .build();
    try {
      HeadObjectResponse head = client.headObject(request);
      return Optional.of(new Entry(path, head.contentLength(), version(head.eTag())));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw refusal(e).general();
    }
  }

  private static String version(String eTag) {
    return eTag == null ? "" : eTag;
  }

  @Override
  public List<Entry> list(String prefix) throws IOException {
    ObjectName name = ObjectName.of(prefix);
    List<Entry> entries = new ArrayList<>();
    try {
      for (S3Object object :
          client
              .listObjectsV2Paginator(
                  ListObjectsV2Request.builder().bucket(name.bucket()).prefix(name.key()).build())
              .contents()) {
        String path = "s3://" + name.bucket() + "/" + object.key();
        entries.add(new Entry(path, object.size(), version(object.eTag())));
      }
    } catch (SdkException e) {
      throw refusal(e).general();
    }
    return entries;
  }

  /** An answer's first bytes; what is left of it costs its connection. */
  private static ResponseTransformer<GetObjectResponse, byte[]> atMost(int limit) {
    return (response, body) -> {
      try {
        byte[] bytes = body.readNBytes(limit);
        if (bytes.length == limit) {
          body.abort();
        }
        return bytes;
      } catch (IOException e) {
        throw RetryableException.create("the connection ended before the answer did", e);
      }
    };
  }

  private static IOException named(String path, SdkException e) {
    return new IOException(path + ": " + refusal(e).general().getMessage(), e);
  }

  private static Refusal refusal(SdkException e) {
    int status = e instanceof SdkServiceException service ? service.statusCode() : 0;
    String words = String.valueOf(e.getMessage());
    if (e instanceof AwsServiceException service && service.awsErrorDetails() != null) {
      String code = service.awsErrorDetails().errorCode();
      words = code == null ? "no reason given" : code; // none where there is no body
      status = BAD_TOKENS.contains(words) ? Refusal.FORBIDDEN : status;
    } else if (words.startsWith("Unable to load credentials")) {
      words = MISSING;
    }
    return new Refusal(status, words, REFUSED, e);
  }

  /** One content of an object. */
  private final class Content implements RangedChannel.Source {
    private final Entry object;

    Content(Entry object) {
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
      ObjectName name = ObjectName.of(object.path());
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
          throw new IOException("its store ignores ranges, which reading in place needs");
        }
        return ByteBuffer.wrap(bytes);
      } catch (SdkException e) {
        Refusal refusal = refusal(e);
        if (refusal.status() == Refusal.RANGE_NOT_SATISFIABLE) {
          return ByteBuffer.allocate(0);
        }
        throw refusal.onObject(object.path());
      }
    }
  }
}
