package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkSystemSetting;

/** The region of an EC2 machine, from its metadata service. */
@Timeout(300)
class AmazonRegionTest {
  private static final String SERVICE =
      SdkSystemSetting.AWS_EC2_METADATA_SERVICE_ENDPOINT.property();

  @TempDir Path folder;

  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void isLookedUpWhenS3IsUsedAndNotBefore() throws Exception {
    HttpServer machine =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    machine.createContext("/", this::answer);
    machine.start();
    System.setProperty(SERVICE, "http://127.0.0.1:" + machine.getAddress().getPort());
    try (S3Server s3 = S3Server.start(folder)) {
      String[] flags =
          s3.flags().stream()
              .filter(flag -> !flag.startsWith("--awsRegion"))
              .toArray(String[]::new);
      S3Options options = PipelineOptionsFactory.fromArgs(flags).as(S3Options.class);

      FileSystems.setDefaultPipelineOptions(options);
      assertEquals(List.of(), BeamStorage.INSTANCE.list(folder + "/nothing"));
      assertEquals(0, asked.get());

      assertEquals(List.of(), BeamStorage.INSTANCE.list("s3://bucket/nothing"));
      assertTrue(asked.get() > 0);
      assertEquals("eu-central-1", options.getAwsRegion().id());
      try (WritableByteChannel channel = BeamStorage.INSTANCE.create("s3://bucket/file")) {
        channel.write(ByteBuffer.allocate(3));
      }
      assertEquals(1, BeamStorage.INSTANCE.list("s3://bucket/file").size());
    } finally {
      System.clearProperty(SERVICE);
      machine.stop(0);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    try (exchange) {
      boolean token = exchange.getRequestMethod().equals("PUT");
      byte[] body = (token ? "token" : "{\"region\": \"eu-central-1\"}").getBytes(UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
