package ghostbeam.pipelines.stores;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.io.aws2.s3.SSECustomerKey;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;

/**
 * A multipart upload or copy; the store keeps its parts until it is {@linkplain #complete
 * completed} or {@linkplain #abandon aborted}.
 */
final class AmazonParts {
  private final S3Client client;
  private final ObjectName name;
  private final String id;
  private final List<CompletedPart> sent = new ArrayList<>();

  private AmazonParts(S3Client client, ObjectName name, String id) {
    this.client = client;
    this.name = name;
    this.id = id;
  }

  /** Begins one; {@code about} adds the object's metadata to the request. */
  static AmazonParts begin(
      S3Client client,
      S3Options options,
      ObjectName name,
      Consumer<CreateMultipartUploadRequest.Builder> about) {
    SSECustomerKey key = options.getSSECustomerKey();
    CreateMultipartUploadRequest.Builder request =
        CreateMultipartUploadRequest.builder()
            .bucket(name.bucket())
            .key(name.key())
            .storageClass(options.getS3StorageClass())
            .serverSideEncryption(options.getSSEAlgorithm())
            .ssekmsKeyId(options.getSSEKMSKeyId())
            .sseCustomerKey(key.getKey())
            .sseCustomerAlgorithm(key.getAlgorithm())
            .sseCustomerKeyMD5(key.getMD5());
    about.accept(request);
    return new AmazonParts(client, name, client.createMultipartUpload(request.build()).uploadId());
  }

  /** The store's upload id. */
  String id() {
    return id;
  }

  /** The number of the next part, from 1. */
  int next() {
    return sent.size() + 1;
  }

  /** Records that the next part was sent. */
  void add(String eTag) {
    sent.add(CompletedPart.builder().partNumber(next()).eTag(eTag).build());
  }

  void complete() {
    client.completeMultipartUpload(
        CompleteMultipartUploadRequest.builder()
            .bucket(name.bucket())
            .key(name.key())
            .uploadId(id)
            .multipartUpload(upload -> upload.parts(sent))
            .build());
  }

  /**
   * Deletes the parts, which would otherwise be billed until somebody finds them. If that fails,
   * the failure is added to {@code why} as suppressed.
   */
  void abandon(Exception why) {
    try {
      client.abortMultipartUpload(
          request -> request.bucket(name.bucket()).key(name.key()).uploadId(id));
    } catch (SdkException left) {
      why.addSuppressed(left);
    }
  }
}
