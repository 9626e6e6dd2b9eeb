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
 * An object that comes to S3 in parts, which the store keeps until they are {@linkplain #complete
 * made one} or {@linkplain #abandon given up}.
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

  /** Begins one; {@code about} says what more is known of the object than how it is kept. */
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

  /** The store's name of this upload. */
  String id() {
    return id;
  }

  /** The number of the part that is to come, from 1 on. */
  int next() {
    return sent.size() + 1;
  }

  /** Takes the part of that number for sent. */
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
   * Gives up what would otherwise be paid for until somebody looks for it. Where that fails, {@code
   * why} gets to know.
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
