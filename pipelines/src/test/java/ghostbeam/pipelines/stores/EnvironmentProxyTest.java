package ghostbeam.pipelines.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.FreshJvm;
import ghostbeam.pipelines.stores.ScriptedStore.Answer;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process whose environment names a proxy. */
@Timeout(60)
class EnvironmentProxyTest {
  @TempDir Path folder;

  /** Lists one folder in each store, and prints the paths. */
  public static final class Lister {
    private Lister() {}

    public static void main(String[] args) throws IOException {
      FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.fromArgs(args).create());
      for (String path : List.of("s3://bucket/data", "gs://bucket/data")) {
        for (Storage.Entry found : BeamStorage.INSTANCE.list(path)) {
          System.out.println(found.path());
        }
      }
    }
  }

  @Test
  void reachesBothStoresThroughIt() throws Exception {
    try (ScriptedStore proxy = ScriptedStore.start()) {
      proxy.answer(
          request ->
              request.contains("/storage/v1/")
                  ? new Answer(
                      200,
                      "application/json",
                      "{\"items\":[{\"bucket\":\"bucket\",\"name\":\"data/g\",\"size\":\"3\",\"generation\":\"7\"}]}")
                  : Answer.listing("data/s"));
      List<String> command = FreshJvm.command("-Xmx256m", "-XX:TieredStopAtLevel=1");
      command.addAll(
          List.of(
              Lister.class.getName(),
              "--endpoint=http://s3.example",
              S3Server.REGION,
              ScriptedStore.CREDENTIALS,
              "--gcsEndpoint=http://gcs.example/storage/v1/",
              "--project=test",
              "--credentialFactoryClass=org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory"));
      Path said = folder.resolve("said");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
      builder
          .environment()
          .keySet()
          .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
      builder.environment().put("HTTP_PROXY", "http://127.0.0.1:" + proxy.port());

      Process lister = builder.start();

      assertTrue(lister.waitFor(50, TimeUnit.SECONDS));
      List<String> lines = Files.readAllLines(said);
      assertEquals(0, lister.exitValue(), lines::toString);
      assertTrue(lines.contains("s3://bucket/data/s"), lines::toString);
      assertTrue(lines.contains("gs://bucket/data/g"), lines::toString);
      assertTrue(proxy.asked().get(0).startsWith("GET http://s3.example/bucket?"));
    }
  }
}
