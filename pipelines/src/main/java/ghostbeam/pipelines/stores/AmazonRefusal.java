package ghostbeam.pipelines.stores;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLStreamException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.s3.model.InvalidObjectStateException;

/** Explains S3's errors. */
final class AmazonRefusal {
  private static final String MISSING =
      "no AWS credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or an AWS"
          + " profile, or give --awsCredentialsProvider";
  private static final String REFUSED =
      "the store refused the AWS credentials; allow their user to list, read, write and delete in"
          + " the bucket, or use others";

  /** Codes of refused credentials that S3 sends with status 400. */
  private static final Set<String> BAD_TOKENS =
      Set.of("ExpiredToken", "InvalidToken", "TokenRefreshRequired");

  /** Sent for a signature for another region than the bucket's, and for some other errors. */
  private static final String MALFORMED = "AuthorizationHeaderMalformed";

  /** Codes with status 403 that are about credentials or permissions. */
  private static final Set<String> REFUSALS =
      Set.of(
          "AccessDenied",
          "InvalidAccessKeyId",
          "InvalidClientTokenId",
          "InvalidSecurity",
          "SignatureDoesNotMatch");

  private static final Set<String> CLOCK = Set.of("RequestTimeTooSkewed", "RequestExpired");

  private static final int BAD_REQUEST = 400;

  /** Statuses for a bucket in another region. */
  private static final Set<Integer> REDIRECTS = Set.of(301, 307);

  private AmazonRefusal() {}

  static Refusal of(SdkException e) {
    int status = e instanceof SdkServiceException service ? service.statusCode() : 0;
    String words = String.valueOf(e.getMessage());
    if (e instanceof AwsServiceException service && service.awsErrorDetails() != null) {
      return of(status, service.awsErrorDetails(), e);
    }
    if (words.startsWith("Unable to load credentials")) {
      words = MISSING;
    } else if (isUnreadable(e)) {
      words =
          "its response is not XML; either a key has characters that XML cannot hold, or --endpoint is"
              + " not the address of an S3 store";
    }
    return new Refusal(status, words, REFUSED, e);
  }

  private static Refusal of(int status, AwsErrorDetails details, SdkException e) {
    String code = details.errorCode();
    Optional<String> region = region(details);
    if (REDIRECTS.contains(status) || (MALFORMED.equals(code) && region.isPresent())) {
      return new Refusal(0, elsewhere(region), REFUSED, e);
    }
    if (code == null) { // absent without a body
      return new Refusal(status, "no reason given", REFUSED, e);
    }
    if (BAD_TOKENS.contains(code)) {
      return new Refusal(Refusal.FORBIDDEN, code, REFUSED, e);
    }
    return status == Refusal.FORBIDDEN && !REFUSALS.contains(code)
        ? new Refusal(0, forbidden(code, details, e) + " (403: " + code + ")", REFUSED, e)
        : new Refusal(status, code, REFUSED, e);
  }

  /** Explains a 403 that is not about credentials. */
  private static String forbidden(String code, AwsErrorDetails details, SdkException e) {
    if (CLOCK.contains(code)) {
      return "this machine's clock and the store's are too far apart; set this one right, such as"
          + " by timedatectl set-ntp true";
    }
    if (e instanceof InvalidObjectStateException archived) {
      String tier = archived.storageClassAsString();
      return "it is archived"
          + (tier == null ? "" : " as " + tier)
          + "; restore it, such as by aws s3api restore-object, and run again once that is done";
    }
    return "the store refuses: " + brief(details);
  }

  private static String brief(AwsErrorDetails details) {
    return String.valueOf(details.errorMessage()).strip().lines().findFirst().orElse("");
  }

  /** The failure for a response to a listing that is not a listing. */
  static SdkException noListing() {
    return SdkClientException.create(WebPageInterceptor.noStore("something else than a listing"));
  }

  /** Whether a response arrived whole and could not be parsed. */
  static boolean isUnreadable(Throwable failure) {
    return unparsed(failure).filter(xml -> !isCut(xml)).isPresent();
  }

  /** Whether a response, such as a listing, was cut off; the SDK reports that as bad XML. */
  static boolean isCut(Throwable failure) {
    return unparsed(failure).filter(AmazonRefusal::isCut).isPresent();
  }

  private static boolean isCut(XMLStreamException xml) {
    return xml.getNestedException() instanceof IOException;
  }

  private static Optional<XMLStreamException> unparsed(Throwable failure) {
    return Refusal.causes(failure)
        .filter(XMLStreamException.class::isInstance)
        .map(XMLStreamException.class::cast)
        .findFirst();
  }

  /** Whether the store reports that this machine's clock is wrong. */
  static boolean isClockSkew(SdkException e) {
    return e instanceof AwsServiceException service
        && service.awsErrorDetails() != null
        && service.awsErrorDetails().errorCode() != null
        && CLOCK.contains(service.awsErrorDetails().errorCode());
  }

  /** Whether the status is ambiguous and there is no error code. */
  static boolean lacksCode(SdkException e) {
    return e instanceof AwsServiceException service
        && (service.awsErrorDetails() == null || service.awsErrorDetails().errorCode() == null)
        && (service.statusCode() == BAD_REQUEST
            || service.statusCode() == Refusal.FORBIDDEN
            || REDIRECTS.contains(service.statusCode()));
  }

  /** The bucket's region, which many responses have. */
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
