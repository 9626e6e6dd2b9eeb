package ghostbeam.pipelines.stores;

import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.transforms.display.DisplayData;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * S3's region where {@code --awsRegion} leaves it open. Beam looks for it in every process of every
 * job, whether or not S3 is used; off Amazon's machines that is seconds of asking a service that is
 * not there. Here it is looked for when the first s3:// path is used.
 */
final class AmazonRegion {
  private static final Region LATER = Region.of("not-yet-looked-for");
  private static final String UNKNOWN =
      "no AWS region is known; give --awsRegion or set AWS_REGION";

  private AmazonRegion() {}

  /** Must come before Beam's own S3 is made of the options. */
  static void leaveOpen(S3Options options) {
    boolean given =
        DisplayData.from(options).items().stream().anyMatch(i -> i.getKey().equals("awsRegion"));
    if (!given) {
      options.setAwsRegion(LATER);
    }
  }

  /**
   * Looks for the region where environment, profile and machine say it.
   *
   * @throws IllegalStateException if none does
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
