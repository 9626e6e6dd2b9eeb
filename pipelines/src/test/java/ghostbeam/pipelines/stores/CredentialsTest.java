package ghostbeam.pipelines.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.auth.Credentials;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.beam.sdk.extensions.gcp.auth.CredentialFactory;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Missing or refused credentials are reported in one line that says which and what to do. */
@Timeout(300)
class CredentialsTest {
  @TempDir static Path folder;

  private static S3Server s3;

  /** What Beam's own factory returns on a machine where nobody has logged in. */
  public static final class NobodyFactory implements CredentialFactory {
    public static NobodyFactory fromOptions(PipelineOptions options) {
      return new NobodyFactory();
    }

    @Override
    public Credentials getCredential() {
      return null;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    s3 = S3Server.start(folder);
  }

  @AfterAll
  static void stop() throws IOException {
    s3.close();
  }

  @AfterEach
  void refuseNone() {
    s3.refuseNone();
  }

  @Test
  void saysHowToLogInAtGoogle() throws IOException {
    try (GcsServer gcs = GcsServer.start()) {
      gcs.admit(Objects::nonNull);
      assertRefused(
          "gs://bucket/data: no Google credentials were found",
          "gcloud auth application-default login",
          gcs.flags().get(0),
          gcs.flags().get(1),
          "--credentialFactoryClass=" + NobodyFactory.class.getName());
      assertRefused(
          "gs://bucket/data: Google refused the credentials",
          "give their account a role",
          gcs.flags().toArray(String[]::new));
    }
  }

  @Test
  void saysWhichAwsCredentialsAreWantedOrRefused() {
    assertRefused(
        "s3://bucket/data: no AWS credentials were found",
        "AWS_ACCESS_KEY_ID",
        s3.endpoint(),
        "--awsRegion=us-east-1",
        "--awsCredentialsProvider={\"@type\":\"SystemPropertyCredentialsProvider\"}");
    List<String> wrong =
        s3.flags().stream().map(flag -> flag.replace("testsecret", "wrong-secret")).toList();
    assertRefused(
        "s3://bucket/data: the store refused the AWS credentials",
        "(403: SignatureDoesNotMatch)",
        wrong.toArray(String[]::new));
  }

  @Test
  void saysThatAwsCredentialsHaveExpired() {
    s3.refuse(request -> true, "400 Bad Request", List.of(), "ExpiredToken");
    assertRefused(
        "s3://bucket/data: the store refused the AWS credentials",
        "(403: ExpiredToken)",
        s3.flags().toArray(String[]::new));
  }

  @Test
  void saysInWhichRegionABucketIs() {
    List<String> region = List.of("x-amz-bucket-region: eu-north-1");
    String[] flags = s3.flags().toArray(String[]::new);
    String remedy = "is in another region; give --awsRegion=eu-north-1";
    s3.refuse(request -> true, "301 Moved Permanently", region, "PermanentRedirect");
    assertRefused("s3://bucket/data: its bucket", remedy, flags);
    s3.refuse(request -> true, "400 Bad Request", region, "AuthorizationHeaderMalformed");
    assertRefused("s3://bucket/data: its bucket", remedy, flags);
    s3.refuse(request -> true, "301 Moved Permanently", List.of(), "PermanentRedirect");
    assertRefused(
        "s3://bucket/data: its bucket",
        "is in another region or at another endpoint; give --awsRegion or --endpoint",
        flags);
  }

  /** S3's responses name the region even if it is the right one. */
  @Test
  void doesNotTakeANamedRegionForAWrongOne() {
    List<String> region = List.of("x-amz-bucket-region: us-east-1");
    s3.refuse(request -> true, "403 Forbidden", region, "AccessDenied");
    assertRefused(
        "s3://bucket/data: the store refused the AWS credentials",
        "(403: AccessDenied)",
        s3.flags().toArray(String[]::new));
  }

  /** If only the object itself is refused, the reason is unknown. */
  @Test
  void saysWhatIsKnownOfAnObjectWhoseBucketIsOpen() {
    String[] flags = s3.flags().toArray(String[]::new);
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.fromArgs(flags).create());
    Predicate<String> heads = request -> request.startsWith("HEAD ");
    Executable access = () -> BeamStorage.INSTANCE.open("s3://bucket/data");

    s3.refuse(heads, "400 Bad Request", List.of(), "unseen");
    assertEquals(
        "s3://bucket/data: no reason given (400)",
        assertThrows(IOException.class, access).getMessage());
    s3.refuse(heads, "403 Forbidden", List.of(), "unseen");
    assertEquals(
        "s3://bucket/data: the store refused the AWS credentials; allow their user to list, read,"
            + " write and delete in the bucket, or use others (403: no reason given)",
        assertThrows(IOException.class, access).getMessage());
  }

  private static void assertRefused(String start, String remedy, String... flags) {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.fromArgs(flags).create());
    String path = start.substring(0, start.indexOf(": "));

    Stream.<Executable>of(
            () -> BeamStorage.INSTANCE.list(path), () -> BeamStorage.INSTANCE.open(path))
        .forEach(
            access -> {
              String message = assertThrows(IOException.class, access).getMessage();
              assertTrue(message.startsWith(start), message);
              assertTrue(message.contains(remedy), message);
              assertEquals(1, message.lines().count(), message);
            });
  }
}
