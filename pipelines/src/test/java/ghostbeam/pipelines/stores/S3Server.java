package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.pipelines.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * S3Proxy over a folder, in its own process, behind a {@link FaultyProxy}. It verifies signatures.
 */
final class S3Server implements TestStore {
  private static final String BUCKET = "bucket";
  static final String IDENTITY = "test";
  static final String SECRET = "testsecret";
  static final String REGION = "--awsRegion=us-east-1";
  private static final Path JAR = Path.of("target", "test-servers", "s3proxy.jar");

  private final Process process;
  private final int port;
  private final FaultyProxy proxy;

  private S3Server(Process process, int port, FaultyProxy proxy) {
    this.process = process;
    this.port = port;
    this.proxy = proxy;
  }

  /** Starts one that keeps its objects below a folder. */
  static S3Server start(Path folder) throws IOException, InterruptedException {
    return start(folder, "filesystem-nio2");
  }

  /** The same with one of the backends by which S3Proxy keeps objects in files. */
  static S3Server start(Path folder, String backend) throws IOException, InterruptedException {
    Files.createDirectories(folder.resolve("objects").resolve(BUCKET));
    int port = FreePort.find();
    Path properties =
        Files.writeString(
            folder.resolve("s3proxy.properties"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            s3proxy.ignore-unknown-headers=true
            jclouds.provider=%s
            jclouds.identity=local
            jclouds.credential=local
            jclouds.filesystem.basedir=%s
            """
                .formatted(port, IDENTITY, SECRET, backend, folder.resolve("objects")),
            UTF_8);
    Path logging =
        Files.writeString(
            folder.resolve("logback.xml"),
            """
            <configuration>
              <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%level %logger{0} %msg%n</pattern></encoder>
              </appender>
              <root level="warn"><appender-ref ref="out"/></root>
            </configuration>
            """,
            UTF_8);
    ProcessBuilder java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=" + logging,
                "-cp",
                JAR.toAbsolutePath().toString(),
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile());
    java.environment().put("LC_ALL", "C.UTF-8"); // keys are files' names
    Process process = java.start();
    waitFor(process, port, folder.resolve("s3proxy.log"));
    return new S3Server(process, port, FaultyProxy.start(port, BUCKET));
  }

  private static void waitFor(Process process, int port, Path log)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (process.isAlive() && System.nanoTime() < deadline) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException e) {
        Thread.sleep(50);
      }
    }
    process.destroyForcibly();
    throw new IOException("S3Proxy does not start: " + Files.readString(log));
  }

  @Override
  public String root() {
    return "s3://" + BUCKET;
  }

  @Override
  public List<String> flags() {
    return List.of(
        endpoint(),
        REGION,
        "--awsCredentialsProvider={\"@type\":\"StaticCredentialsProvider\",\"accessKeyId\":\""
            + IDENTITY
            + "\",\"secretAccessKey\":\""
            + SECRET
            + "\"}");
  }

  String endpoint() {
    return "--endpoint=http://127.0.0.1:" + proxy.port();
  }

  /** Of S3Proxy itself, for what happens while its {@link FaultyProxy} holds a request. */
  String inner() {
    return "--endpoint=http://127.0.0.1:" + port;
  }

  /** See {@link FaultyProxy#refuse}. */
  void refuse(Predicate<String> requests, String status, List<String> headers, String code) {
    proxy.refuse(requests, status, headers, code);
  }

  void refuseNone() {
    proxy.refuseNone();
  }

  @Override
  public Faults faults() {
    return proxy.faults();
  }

  @Override
  public long sent(String prefix) {
    return proxy.traffic().bytes(prefix);
  }

  @Override
  public long answers(String prefix) {
    return proxy.traffic().answers(prefix);
  }

  @Override
  public List<String> unknown() {
    return List.of();
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    process.destroyForcibly();
  }
}
