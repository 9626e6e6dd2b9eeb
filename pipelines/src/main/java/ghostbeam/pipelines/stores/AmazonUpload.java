package ghostbeam.pipelines.stores;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.util.function.Function;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.io.aws2.s3.SSECustomerKey;
import org.apache.beam.sdk.util.MimeTypes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.utils.Md5Utils;

/**
 * An object being written to S3: in one request if it fits in one part, else as a multipart upload.
 * It appears when the channel closes; after a failure it never does, and the store keeps none of
 * its parts.
 */
final class AmazonUpload implements WritableByteChannel {
  private final S3Client client;
  private final S3Options options;
  private final SSECustomerKey key;
  private final ObjectName name;
  private final Function<SdkException, IOException> failure;
  private final ByteBuffer part;

  /** Null until the first part is full and more data follows. */
  private AmazonParts sent;

  private boolean open = true;

  /** Buffers up to {@code partBytes} before sending them. */
  AmazonUpload(
      S3Client client,
      S3Options options,
      ObjectName name,
      int partBytes,
      Function<SdkException, IOException> failure) {
    this.client = client;
    this.options = options;
    this.key = options.getSSECustomerKey();
    this.name = name;
    this.failure = failure;
    this.part = ByteBuffer.allocate(partBytes);
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    if (!open) {
      throw new ClosedChannelException();
    }
    int length = bytes.remaining();
    try {
      while (bytes.hasRemaining()) {
        if (!part.hasRemaining()) {
          sendPart();
        }
        int fitting = Math.min(part.remaining(), bytes.remaining());
        part.put(bytes.slice(bytes.position(), fitting));
        bytes.position(bytes.position() + fitting);
      }
    } catch (SdkException e) {
      throw abandoned(e);
    }
    return length;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() throws IOException {
    if (!open) {
      return;
    }
    open = false;
    try {
      if (sent == null) {
        sendWhole();
      } else {
        sendPart();
        sent.complete();
      }
    } catch (SdkException e) {
      throw abandoned(e);
    }
  }

  private void sendWhole() {
    client.putObject(
        PutObjectRequest.builder()
            .bucket(name.bucket())
            .key(name.key())
            .contentType(MimeTypes.BINARY)
            .storageClass(options.getS3StorageClass())
            .serverSideEncryption(options.getSSEAlgorithm())
            .ssekmsKeyId(options.getSSEKMSKeyId())
            .bucketKeyEnabled(bucketKey())
            .sseCustomerKey(key.getKey())
            .sseCustomerAlgorithm(key.getAlgorithm())
            .sseCustomerKeyMD5(key.getMD5())
            .build(),
        body());
  }

  /** Null unless requested: not every S3-compatible store knows bucket keys. */
  private Boolean bucketKey() {
    return options.getBucketKeyEnabled() ? true : null;
  }

  private void sendPart() throws IOException {
    if (sent == null) {
      sent =
          AmazonParts.begin(
              client,
              options,
              name,
              about -> about.contentType(MimeTypes.BINARY).bucketKeyEnabled(bucketKey()));
    }
    UploadPartRequest request =
        UploadPartRequest.builder()
            .bucket(name.bucket())
            .key(name.key())
            .uploadId(sent.id())
            .partNumber(sent.next())
            .contentMD5(Md5Utils.md5AsBase64(stream()))
            .sseCustomerKey(key.getKey())
            .sseCustomerAlgorithm(key.getAlgorithm())
            .sseCustomerKeyMD5(key.getMD5())
            .build();
    sent.add(client.uploadPart(request, body()).eTag());
    part.clear();
  }

  /** A new stream of the part for each attempt to send it. */
  private RequestBody body() {
    return RequestBody.fromContentProvider(this::stream, part.position(), MimeTypes.BINARY);
  }

  private InputStream stream() {
    return new ByteArrayInputStream(part.array(), 0, part.position());
  }

  /** Closes the upload and deletes what the store has of it. */
  private IOException abandoned(SdkException e) {
    open = false;
    IOException told = failure.apply(e);
    if (sent != null) {
      sent.abandon(told);
    }
    return told;
  }
}
