package ghostbeam.pipelines.stores;

import com.google.api.gax.retrying.RetrySettings;
import com.google.auth.Credentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import com.google.cloud.storage.StorageRetryStrategy;
import java.time.Duration;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;

/** Builds Google's storage client from a job's options, with more retries. */
final class GoogleClient {
  private static final int CONNECT_MILLIS = 20_000;
  private static final int READ_MILLIS = 60_000;

  /** As long as most outages last. */
  static final RetrySettings PATIENT =
      RetrySettings.newBuilder()
          .setInitialRetryDelayDuration(Duration.ofMillis(200))
          .setRetryDelayMultiplier(2)
          .setMaxRetryDelayDuration(Duration.ofSeconds(30))
          .setMaxAttempts(12)
          .setTotalTimeoutDuration(Duration.ofMinutes(5))
          .build();

  private GoogleClient() {}

  /**
   * Every operation is retried when the store is overloaded or a connection breaks; all that we use
   * are idempotent.
   *
   * @param credentials null if there are none
   */
  static Storage of(GcsOptions options, Credentials credentials, RetrySettings retries) {
    String project = options.getProject();
    StorageOptions.Builder builder =
        StorageOptions.http()
            .setTransportOptions(
                HttpTransportOptions.newBuilder()
                    .setHttpTransportFactory(new GoogleTransport())
                    .setConnectTimeout(CONNECT_MILLIS)
                    .setReadTimeout(READ_MILLIS)
                    .build())
            .setStorageRetryStrategy(StorageRetryStrategy.getUniformStorageRetryStrategy());
    builder.setCredentials(credentials == null ? NoCredentials.getInstance() : credentials);
    builder.setProjectId(
        project == null ? "none" : project); // not needed, but the client would search for it
    builder.setRetrySettings(retries);
    String endpoint = options.getGcsEndpoint();
    if (endpoint != null) {
      builder.setHost(endpoint.replaceFirst("/storage/v1/?$", ""));
    }
    return builder.build().getService();
  }
}
