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
 * The actors by which an embedded Flink's parts talk, loaded once in a process. Flink's own loader
 * unpacks and loads their classes anew for each job, which then run as slowly as new ones do: half
 * a second of a race's each round. Flink finds this one through {@code META-INF/services}.
 */
public final class SharedActors implements RpcSystemLoader {
  /** Flink's own has 0; the least goes first. */
  private static final int BEFORE_FLINKS = -1;

  /** Within Flink's jar; its classes are not to meet other versions of theirs. */
  private static final String JAR = "flink-rpc-akka.jar";

  private static RpcSystem loaded;

  /** For Flink. */
  public SharedActors() {}

  @Override
  public int getLoadPriority() {
    return BEFORE_FLINKS;
  }

  /**
   * The same for all, which nobody needs to close.
   *
   * @throws RpcLoaderException where Flink keeps them elsewhere, so that its own loader does it
   * @throws UncheckedIOException where they cannot be unpacked
   */
  @Override
  public RpcSystem loadRpcSystem(Configuration configuration) {
    synchronized (SharedActors.class) {
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
