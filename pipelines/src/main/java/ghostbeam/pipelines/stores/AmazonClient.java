package ghostbeam.pipelines.stores;

import javax.xml.stream.XMLStreamException;
import org.apache.beam.sdk.io.aws2.options.S3ClientBuilderFactory;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.util.InstanceBuilder;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.core.retry.RetryPolicy;
import software.amazon.awssdk.core.retry.conditions.OrRetryCondition;
import software.amazon.awssdk.core.retry.conditions.RetryCondition;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** S3's client as Beam makes it of a job's options, more patient than by its defaults. */
final class AmazonClient {
  private static final int RETRIES = 10;

  /**
   * Every request is tried again as often: not only as long as the SDK's budget for a client lasts,
   * which a store that refuses many threads at once uses up before.
   */
  static final RetryPolicy PATIENT =
      RetryPolicy.builder(RetryMode.STANDARD)
          .numRetries(RETRIES)
          .retryCondition(
              OrRetryCondition.create(
                  RetryCondition.defaultRetryCondition(),
                  attempt -> isUnreadable(attempt.exception())))
          .retryCapacityCondition(null)
          .build();

  private AmazonClient() {}

  /** A listing, say, whose connection broke: the SDK takes what came of it for bad XML. */
  private static boolean isUnreadable(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof XMLStreamException) {
        return true;
      }
    }
    return false;
  }

  static S3Client of(S3Options options, RetryPolicy retries) {
    S3ClientBuilder builder =
        InstanceBuilder.ofType(S3ClientBuilderFactory.class)
            .fromClass(options.getS3ClientFactoryClass())
            .build()
            .createBuilder(options);
    builder.overrideConfiguration(
        builder.overrideConfiguration().toBuilder().retryPolicy(retries).build());
    return builder.build();
  }
}
