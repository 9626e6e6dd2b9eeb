package ghostbeam.pipelines.stores;

import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.transforms.display.DisplayData;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * Finds S3's region if {@code --awsRegion} is not given. Beam looks it up in every process of every
 * job, whether or not S3 is used; outside AWS that takes seconds of waiting for a metadata service
 * that does not exist. Here it is looked up when the first s3:// path is used.
 */
final class AmazonRegion {
  private static final Region LATER = Region.of("not-yet-looked-for");
  private static final String UNKNOWN =
      "no AWS region is known; give --awsRegion or set AWS_REGION";

  private AmazonRegion() {}

  /** Postpones the lookup. Must run before Beam's own S3 file system is built from the options. */
  static void postpone(S3Options options) {
    boolean given =
        DisplayData.from(options).items().stream().anyMatch(i -> i.getKey().equals("awsRegion"));
    if (!given) {
      options.setAwsRegion(LATER);
    }
  }

  /**
   * Looks up the region in environment, profile and instance metadata.
   *
   * @throws IllegalStateException if none has it
   */
  static void find(S3Options options) {
    if (!LATER.equals(options.getAwsRegion())) {
      return;
    }
    try {
      options.setAwsRegion(new DefaultAwsRegionProviderChain().getRegion());
    } catch (SdkClientException e) {
      throw new IllegalStateException(UNKNOWN, e);
    }
  }
}
