package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.stores.ScriptedStore.Answer;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Buckets at addresses outside Amazon: by host name, by IP address, by proxy. */
@Timeout(60)
class AddressingTest {
  private static final Storage STORAGE = BeamStorage.INSTANCE;

  @TempDir static Path folder;

  private static S3Server s3;

  @BeforeAll
  static void start() throws Exception {
    s3 = S3Server.start(folder);
  }

  @AfterAll
  static void stop() throws IOException {
    s3.close();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, plain",
    "localhost, with.dots.in.it",
    "127.0.0.1, with.dots.in.it",
    "127.0.0.1, with_underscores",
  })
  void writesAndReadsByNameAndByAddress(String host, String bucket) throws IOException {
    Files.createDirectories(folder.resolve("objects").resolve(bucket));
    use(s3.flags().stream().map(flag -> flag.replace("127.0.0.1", host)));
    String top = "s3://" + bucket + "/" + host;

    for (String name : List.of("a\u0001b", "tab\there", "line\nbreak", "plus + and %20", "é")) {
      STORAGE.writeWhole(top + "/" + name, UTF_8.encode(name));
    }

    for (Storage.Entry found : STORAGE.list(top)) {
      String name = found.path().substring(top.length() + 1);
      assertEquals(name, new String(STORAGE.readWhole(found.path(), 99), UTF_8));
    }
    assertEquals(5, STORAGE.list(top).size());
  }

  /** A proxy gets the host name that the client would have resolved. */
  @Test
  void putsTheBucketIntoTheHostNameOnRequest() throws IOException {
    try (ScriptedStore proxy = ScriptedStore.start()) {
      String[] flags = {
        "--endpoint=http://store.example:9000",
        "--proxyConfiguration={\"endpoint\":\"http://127.0.0.1:" + proxy.port() + "\"}",
        S3Server.REGION,
        ScriptedStore.CREDENTIALS
      };
      proxy.answer(Answer.listing("data/a"));

      use(Stream.of(flags));
      STORAGE.list("s3://bucket/data");
      use(Stream.concat(Stream.of(flags), Stream.of("--virtualHosts")));
      STORAGE.list("s3://bucket/data");

      List<String> asked =
          proxy.asked().stream().map(line -> line.replaceFirst("\\?.*", "")).toList();
      assertEquals(
          List.of("GET http://store.example:9000/bucket", "GET http://bucket.store.example:9000/"),
          asked);
    }
  }

  /** As from a server that answers anything it does not understand. */
  @Test
  void saysThatAPortSpeaksHttpInsteadOfHttps() {
    use(
        s3.flags().stream()
            .map(flag -> flag.replace(s3.endpoint(), s3.inner()).replace("http:", "https:")));
    IOException e = assertThrows(IOException.class, () -> STORAGE.list("s3://bucket/data"));
    assertEquals(
        "s3://bucket/data: the server there speaks http, not https; give the endpoint as http://…"
            + " or its port for https",
        e.getMessage());
  }

  private static void use(Stream<String> flags) {
    FileSystems.setDefaultPipelineOptions(
        PipelineOptionsFactory.fromArgs(flags.toArray(String[]::new)).create());
  }
}
