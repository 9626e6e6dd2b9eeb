package ghostbeam.pipelines.stores;

import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** What S3's refusals mean for a person. */
final class AmazonRefusal {
  private static final String MISSING =
      "no AWS credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or an AWS"
          + " profile, or give --awsCredentialsProvider";
  private static final String REFUSED =
      "the store refused the AWS credentials; allow their user to list, read, write and delete in"
          + " the bucket, or use others";

  /** Refused credentials that S3 answers as if the request were malformed. */
  private static final Set<String> BAD_TOKENS =
      Set.of("ExpiredToken", "InvalidToken", "TokenRefreshRequired");

  /** What S3 answers to a signature for another region than the bucket's, and to some others. */
  private static final String MALFORMED = "AuthorizationHeaderMalformed";

  private static final int BAD_REQUEST = 400;

  /** A bucket in another region. */
  private static final Set<Integer> REDIRECTS = Set.of(301, 307);

  private AmazonRefusal() {}

  static Refusal of(SdkException e) {
    int status = e instanceof SdkServiceException service ? service.statusCode() : 0;
    String words = String.valueOf(e.getMessage());
    if (e instanceof AwsServiceException service && service.awsErrorDetails() != null) {
      AwsErrorDetails details = service.awsErrorDetails();
      String code = details.errorCode();
      Optional<String> region = region(details);
      if (REDIRECTS.contains(status) || (MALFORMED.equals(code) && region.isPresent())) {
        return new Refusal(0, elsewhere(region), REFUSED, e);
      }
      words = code == null ? "no reason given" : code; // none where there is no body
      status = BAD_TOKENS.contains(words) ? Refusal.FORBIDDEN : status;
    } else if (words.startsWith("Unable to load credentials")) {
      words = MISSING;
    }
    return new Refusal(status, words, REFUSED, e);
  }

  /** Whether its answer's status means one of several things and nothing says which. */
  static boolean isSilent(SdkException e) {
    return e instanceof AwsServiceException service
        && (service.awsErrorDetails() == null || service.awsErrorDetails().errorCode() == null)
        && (service.statusCode() == BAD_REQUEST
            || service.statusCode() == Refusal.FORBIDDEN
            || REDIRECTS.contains(service.statusCode()));
  }

  /** The bucket's, which is in many an answer. */
  private static Optional<String> region(AwsErrorDetails details) {
    return Optional.ofNullable(details.sdkHttpResponse())
        .flatMap(answer -> answer.firstMatchingHeader("x-amz-bucket-region"));
  }

  private static String elsewhere(Optional<String> region) {
    return region
        .map(name -> "its bucket is in another region; give --awsRegion=" + name)
        .orElse(
            "its bucket is in another region or at another endpoint; give --awsRegion or"
                + " --endpoint");
  }
}
