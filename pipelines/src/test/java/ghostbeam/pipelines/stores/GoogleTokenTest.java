package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.auth.Credentials;
import com.google.auth.oauth2.GoogleCredentials;
import com.sun.net.httpserver.HttpExchange;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.FreePort;
import ghostbeam.pipelines.FreshJvm;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.extensions.gcp.auth.CredentialFactory;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Where Google gives no token, one line says to whom, why and what to do. */
@Timeout(300)
class GoogleTokenTest {
  private static final Storage STORAGE = BeamStorage.INSTANCE;
  private static final String PATH = "gs://bucket/data";

  /** Those of the test that runs. */
  private static Credentials credentials;

  @TempDir Path folder;

  private GcsServer gcs;
  private volatile int status = 400;
  private volatile String answer = "";

  /** Gives a test's own. */
  public static final class Factory implements CredentialFactory {
    public static Factory fromOptions(PipelineOptions options) {
      return new Factory();
    }

    @Override
    public Credentials getCredential() {
      return credentials;
    }
  }

  @BeforeEach
  void start() throws IOException {
    gcs = GcsServer.start();
  }

  @AfterEach
  void stop() {
    gcs.close();
  }

  @Test
  void saysWhoseLoginHasEndedAndHowToLogInAgain() throws IOException {
    answer = error("invalid_grant", "Token has been expired or revoked.");
    credentials = GoogleCredentials.fromStream(bytes(login(gcs.tokens(this::answer))));

    assertTold(
        "Google gives no token to the login",
        "(400 invalid_grant: Token has been expired or revoked.); ",
        "run gcloud auth application-default login");
  }

  @Test
  void saysWhichServiceAccountHasLostItsKey() throws Exception {
    answer = error("invalid_grant", "Invalid JWT Signature.");
    Path key = folder.resolve("key.json");
    new GoogleAccount().write(key, gcs.tokens(this::answer));
    credentials =
        GoogleCredentials.fromStream(Files.newInputStream(key))
            .createScoped("https://www.googleapis.com/auth/devstorage.read_write");

    assertTold(
        "Google gives no token to the service account test@test.invalid",
        "(400 invalid_grant: Invalid JWT Signature.); ",
        "set GOOGLE_APPLICATION_CREDENTIALS to a new key file");
  }

  @Test
  void saysThatTheTokenServiceFails() throws IOException {
    status = 503;
    answer = "<html>\n<p>Try again later</p>\n</html>";
    credentials = GoogleCredentials.fromStream(bytes(login(gcs.tokens(this::answer))));

    assertTold("Google's token service answers 503; run again");
  }

  @Test
  void saysThatTheTokenServiceIsOutOfReach() throws IOException {
    String nobody = "http://127.0.0.1:" + FreePort.find();
    credentials = GoogleCredentials.fromStream(bytes(login(nobody)));

    assertTold(
        "Google's token service is out of reach (java.net.ConnectException: Connection refused",
        "); check the network, and HTTPS_PROXY where there is a proxy");
  }

  /** As a user meets it. */
  @Test
  void endsARunWithOneLineThatNamesTheFileOfTheLogin() throws Exception {
    answer = error("invalid_grant", "Token has been expired or revoked.");
    Path file = folder.resolve("login.json");
    Files.writeString(file, login(gcs.tokens(this::answer)));
    List<String> command = FreshJvm.command("-Xmx512m", "-XX:TieredStopAtLevel=1");
    command.addAll(List.of("ghostbeam.pipelines.Main", "preprocess", "--input=" + PATH));
    command.addAll(List.of("--output=gs://bucket/out", "--project=test", gcs.endpoint()));
    Path said = folder.resolve("said");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("GOOGLE_APPLICATION_CREDENTIALS", file.toString());

    Process run = builder.redirectOutput(said.toFile()).start();

    assertTrue(run.waitFor(240, TimeUnit.SECONDS));
    List<String> lines = Files.readAllLines(said);
    assertEquals(1, run.exitValue(), lines::toString);
    String told =
        "Google gives no token to the login of "
            + file
            + " (400 invalid_grant: Token has been expired or revoked.); unset"
            + " GOOGLE_APPLICATION_CREDENTIALS and run gcloud auth application-default login, or"
            + " use others";
    assertEquals(
        1,
        lines.stream().filter(line -> line.matches("ghostbeam preprocess: gs://.*")).count(),
        lines::toString);
    assertTrue(lines.stream().anyMatch(line -> line.endsWith(": " + told)), lines::toString);
    assertTrue(lines.stream().noneMatch(line -> line.startsWith("\tat ")), lines::toString);
  }

  private void assertTold(String start, String... more) {
    FileSystems.setDefaultPipelineOptions(
        PipelineOptionsFactory.fromArgs(
                "--project=test",
                gcs.endpoint(),
                "--credentialFactoryClass=" + Factory.class.getName())
            .create());
    for (Executable access :
        List.<Executable>of(
            () -> STORAGE.list(PATH),
            () -> STORAGE.open(PATH),
            () -> STORAGE.create(PATH),
            () -> STORAGE.writeWhole(PATH, UTF_8.encode("x")))) {
      String message = assertThrows(IOException.class, access).getMessage();
      assertTrue(message.startsWith(PATH + ": " + start), message);
      for (String words : more) {
        assertTrue(message.contains(words), message);
      }
      assertEquals(1, message.lines().count(), message);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = answer.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static String error(String error, String description) throws IOException {
    return new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValueAsString(Map.of("error", error, "error_description", description));
  }

  /** What gcloud keeps of who logged in. */
  private static String login(String tokens) throws IOException {
    return new ObjectMapper()
        .writeValueAsString(
            Map.of(
                "type", "authorized_user",
                "client_id", "1",
                "client_secret", "2",
                "refresh_token", "3",
                "token_uri", tokens));
  }

  private static ByteArrayInputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }
}
