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

  /** What S3 answers with 403 to whom it knows not, or who may not. */
  private static final Set<String> REFUSALS =
      Set.of(
          "AccessDenied",
          "InvalidAccessKeyId",
          "InvalidClientTokenId",
          "InvalidSecurity",
          "SignatureDoesNotMatch");

  private static final Set<String> CLOCK = Set.of("RequestTimeTooSkewed", "RequestExpired");

  private static final int BAD_REQUEST = 400;

  /** A bucket in another region. */
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
          "what it answers is no XML; either a key holds what XML cannot carry, or no S3 store is"
              + " there and --endpoint is another";
    }
    return new Refusal(status, words, REFUSED, e);
  }

  private static Refusal of(int status, AwsErrorDetails details, SdkException e) {
    String code = details.errorCode();
    Optional<String> region = region(details);
    if (REDIRECTS.contains(status) || (MALFORMED.equals(code) && region.isPresent())) {
      return new Refusal(0, elsewhere(region), REFUSED, e);
    }
    if (code == null) { // none where there is no body
      return new Refusal(status, "no reason given", REFUSED, e);
    }
    if (BAD_TOKENS.contains(code)) {
      return new Refusal(Refusal.FORBIDDEN, code, REFUSED, e);
    }
    return status == Refusal.FORBIDDEN && !REFUSALS.contains(code)
        ? new Refusal(0, forbidden(code, details, e) + " (403: " + code + ")", REFUSED, e)
        : new Refusal(status, code, REFUSED, e);
  }

  /** Where it is not the credentials that a store does not like. */
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

  /** A failure that says that whoever answered a listing did not give one. */
  static SdkException noListing() {
    return SdkClientException.create(WebPageInterceptor.noStore("what is no listing"));
  }

  /** Whether an answer came whole and could not be parsed. */
  static boolean isUnreadable(Throwable failure) {
    return unparsed(failure).filter(xml -> !isCut(xml)).isPresent();
  }

  /** A listing, say, whose connection broke: the SDK takes what came of it for bad XML. */
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

  /** Whether the store finds that this machine's clock is wrong. */
  static boolean isOfClock(SdkException e) {
    return e instanceof AwsServiceException service
        && service.awsErrorDetails() != null
        && service.awsErrorDetails().errorCode() != null
        && CLOCK.contains(service.awsErrorDetails().errorCode());
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
