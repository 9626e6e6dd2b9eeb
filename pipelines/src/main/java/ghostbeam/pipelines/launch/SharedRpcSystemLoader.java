package ghostbeam.pipelines.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ServiceLoader;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.core.classloading.SubmoduleClassLoader;
import org.apache.flink.runtime.rpc.RpcSystem;
import org.apache.flink.runtime.rpc.RpcSystemLoader;
import org.apache.flink.runtime.rpc.exceptions.RpcLoaderException;

/**
 * Loads embedded Flink's RPC system (Pekko) once per process. Flink's own loader unpacks and loads
 * its classes again for each job, so that they run uncompiled: half a second in each round of a
 * race. Flink finds this loader through {@code META-INF/services}.
 */
public final class SharedRpcSystemLoader implements RpcSystemLoader {
  /** Flink's own loader has 0; the lowest goes first. */
  private static final int BEFORE_FLINKS = -1;

  /** Nested in Flink's jar, to keep its classes apart from other versions of the same libraries. */
  private static final String JAR = "flink-rpc-akka.jar";

  private static RpcSystem loaded;

  /** Called by Flink. */
  public SharedRpcSystemLoader() {}

  @Override
  public int getLoadPriority() {
    return BEFORE_FLINKS;
  }

  /**
   * The RPC system, the same for all jobs; callers need not close it.
   *
   * @throws RpcLoaderException if Flink's jar does not hold it; Flink then uses its own loader
   * @throws UncheckedIOException if it cannot be unpacked
   */
  @Override
  public RpcSystem loadRpcSystem(Configuration configuration) {
    synchronized (SharedRpcSystemLoader.class) {
      if (loaded == null) {
        loaded = load(Path.of(ConfigurationUtils.parseTempDirectories(configuration)[0]));
      }
      return loaded;
    }
  }

  private static RpcSystem load(Path temporary) {
    ClassLoader flink = RpcSystem.class.getClassLoader();
    try (InputStream jar = flink.getResourceAsStream(JAR)) {
      if (jar == null) {
        throw new RpcLoaderException("there is no " + JAR);
      }
      if (!Files.isDirectory(temporary)) {
        Files.createDirectories(temporary);
      }
      Path unpacked = Files.createTempFile(temporary, "ghostbeam-actors-", ".jar");
      unpacked.toFile().deleteOnExit();
      Files.copy(jar, unpacked, StandardCopyOption.REPLACE_EXISTING);
      ClassLoader apart = new SubmoduleClassLoader(new URL[] {unpacked.toUri().toURL()}, flink);
      return ServiceLoader.load(RpcSystem.class, apart).iterator().next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
