package ghostbeam.pipelines.stores;

import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.io.aws2.s3.SSECustomerKey;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/**
 * Server-side copies of S3 objects: in one request if S3 allows it, else as a multipart copy.
 * Either way a copy appears only when complete, with its source's headers and metadata, encrypted
 * and stored as the options say. Only single-request copies keep the source's tags, which need a
 * separate permission to read; our objects have none.
 */
record AmazonCopy(S3Client client, S3Options options, Limits limits) {
  /**
   * A store's limits.
   *
   * @param most size in bytes of the largest object that is copied in one request
   * @param part bytes of a part, more only if there would be too many parts
   */
  record Limits(long most, long part) {
    private static final int MOST_PARTS = 10_000;

    /**
     * S3's limit of 5 GiB; parts large enough to be few and small enough to be repeated quickly.
     */
    static final Limits S3 = new Limits(5L << 30, 1L << 30);

    /** Bytes of each part of an object but the last. */
    long partOf(long size) {
      return Math.max(part, (size + MOST_PARTS - 1) / MOST_PARTS);
    }
  }

  /**
   * Copies an object. A multipart copy fails if the object has changed since it was found.
   *
   * @throws SdkException if the store refuses; it then keeps nothing of the copy
   */
  void copy(ObjectName source, HeadObjectResponse found, ObjectName target) {
    if (found.contentLength() <= limits.most()) {
      copyWhole(source, target);
      return;
    }
    AmazonParts parts =
        AmazonParts.begin(
            client,
            options,
            target,
            about ->
                about
                    .contentType(found.contentType())
                    .contentEncoding(found.contentEncoding())
                    .contentLanguage(found.contentLanguage())
                    .contentDisposition(found.contentDisposition())
                    .cacheControl(found.cacheControl())
                    .expires(found.expires())
                    .metadata(found.metadata()));
    try {
      long size = found.contentLength();
      long length = limits.partOf(size);
      for (long from = 0; from < size; from += length) {
        copyPart(source, found, target, parts, from, Math.min(size, from + length));
      }
      parts.complete();
    } catch (SdkException e) {
      parts.abandon(e);
      throw e;
    }
  }

  private void copyWhole(ObjectName source, ObjectName target) {
    SSECustomerKey key = options.getSSECustomerKey();
    client.copyObject(
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
            .build());
  }

  /** The ETag condition keeps parts of two versions from becoming one object. */
  private void copyPart(
      ObjectName source,
      HeadObjectResponse found,
      ObjectName target,
      AmazonParts parts,
      long from,
      long end) {
    SSECustomerKey key = options.getSSECustomerKey();
    UploadPartCopyRequest request =
        UploadPartCopyRequest.builder()
            .sourceBucket(source.bucket())
            .sourceKey(source.key())
            .copySourceIfMatch(found.eTag())
            .copySourceRange("bytes=" + from + "-" + (end - 1))
            .destinationBucket(target.bucket())
            .destinationKey(target.key())
            .uploadId(parts.id())
            .partNumber(parts.next())
            .copySourceSSECustomerKey(key.getKey())
            .copySourceSSECustomerAlgorithm(key.getAlgorithm())
            .copySourceSSECustomerKeyMD5(key.getMD5())
            .sseCustomerKey(key.getKey())
            .sseCustomerAlgorithm(key.getAlgorithm())
            .sseCustomerKeyMD5(key.getMD5())
            .build();
    parts.add(client.uploadPartCopy(request).copyPartResult().eTag());
  }
}
