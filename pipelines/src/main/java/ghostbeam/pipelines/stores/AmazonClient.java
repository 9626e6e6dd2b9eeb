package ghostbeam.pipelines.stores;

import ghostbeam.pipelines.endpoint.EndpointOptions;
import ghostbeam.pipelines.endpoint.WebProxy;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.beam.sdk.io.aws2.common.HttpClientConfiguration;
import org.apache.beam.sdk.io.aws2.options.S3ClientBuilderFactory;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.io.aws2.s3.DefaultS3ClientBuilderFactory;
import org.apache.beam.sdk.util.InstanceBuilder;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.core.retry.RetryPolicy;
import software.amazon.awssdk.core.retry.RetryPolicyContext;
import software.amazon.awssdk.core.retry.conditions.RetryCondition;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache.ProxyConfiguration;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Builds the S3 client from a job's options as Beam does, with more retries. */
final class AmazonClient {
  private static final int RETRIES = 10;

  /** For whole responses that cannot be parsed, which a retry hardly ever changes. */
  private static final int RETRIES_UNREADABLE = 1;

  /** For clock skew: the SDK corrects its clock with the first retry if it can; more are no use. */
  private static final int RETRIES_OF_CLOCK = 1;

  /**
   * Every request gets all its retries. The SDK's retry budget per client is off: a store that
   * throttles many threads at once would use it up.
   */
  static final RetryPolicy PATIENT =
      RetryPolicy.builder(RetryMode.STANDARD)
          .numRetries(RETRIES)
          .retryCondition(AmazonClient::mayHelp)
          .retryCapacityCondition(null)
          .build();

  private AmazonClient() {}

  /** Whether another attempt may succeed. */
  private static boolean mayHelp(RetryPolicyContext attempts) {
    SdkException failure = attempts.exception();
    if (Refusal.isLasting(failure)) {
      return false;
    }
    if (AmazonRefusal.isClockSkew(failure)) {
      return attempts.retriesAttempted() < RETRIES_OF_CLOCK;
    }
    if (AmazonRefusal.isUnreadable(failure)) {
      return attempts.retriesAttempted() < RETRIES_UNREADABLE;
    }
    return AmazonRefusal.isCut(failure)
        || RetryCondition.defaultRetryCondition().shouldRetry(attempts);
  }

  static S3Client of(S3Options options, RetryPolicy retries) {
    S3ClientBuilder builder =
        InstanceBuilder.ofType(S3ClientBuilderFactory.class)
            .fromClass(options.getS3ClientFactoryClass())
            .build()
            .createBuilder(options);
    builder.overrideConfiguration(
        builder.overrideConfiguration().toBuilder()
            .retryPolicy(retries)
            .addExecutionInterceptor(new WebPageInterceptor())
            .build());
    if (options.getS3ClientFactoryClass() == DefaultS3ClientBuilderFactory.class) {
      reach(options, builder);
    }
    return builder.build();
  }

  /** Sets what Beam's own factory leaves to the SDK, whose defaults fit only Amazon's S3. */
  private static void reach(S3Options options, S3ClientBuilder builder) {
    if (options.getEndpoint() != null) {
      // A bucket in the host name needs DNS and a certificate that cover it.
      builder.forcePathStyle(!options.as(EndpointOptions.class).isVirtualHosts());
    }
    if (options.getProxyConfiguration() == null) {
      WebProxy.toward(endpoint(options))
          .ifPresent(proxy -> builder.httpClientBuilder(through(proxy, options)));
    }
  }

  private static URI endpoint(S3Options options) {
    return options.getEndpoint() == null
        ? URI.create("https://s3." + options.getAwsRegion().id() + ".amazonaws.com")
        : options.getEndpoint();
  }

  private static ApacheHttpClient.Builder through(WebProxy proxy, S3Options options) {
    ApacheHttpClient.Builder http =
        ApacheHttpClient.builder()
            .proxyConfiguration(
                ProxyConfiguration.builder()
                    .endpoint(URI.create("http://" + proxy.host() + ":" + proxy.port()))
                    .username(proxy.user().isEmpty() ? null : proxy.user())
                    .password(proxy.user().isEmpty() ? null : proxy.password())
                    .useSystemPropertyValues(false)
                    .build());
    HttpClientConfiguration given = options.getHttpClientConfiguration();
    if (given != null) { // as Beam's factory applies it
      millis(given.connectionAcquisitionTimeout(), http::connectionAcquisitionTimeout);
      millis(given.connectionMaxIdleTime(), http::connectionMaxIdleTime);
      millis(given.connectionTimeout(), http::connectionTimeout);
      millis(given.connectionTimeToLive(), http::connectionTimeToLive);
      millis(given.socketTimeout(), http::socketTimeout);
      if (given.maxConnections() != null) {
        http.maxConnections(given.maxConnections());
      }
    }
    return http;
  }

  private static void millis(Integer given, Consumer<Duration> setting) {
    if (given != null) {
      setting.accept(Duration.ofMillis(given));
    }
  }
}
