package ghostbeam.transforms.storage;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** This JVM's object store clients by URI scheme, like Beam's registry of file systems. */
public final class ObjectStores {
  private static final Map<String, Lazy> BY_SCHEME = new ConcurrentHashMap<>();

  private ObjectStores() {}

  /**
   * Sets the client for a scheme. Open channels keep using an earlier client, which is not closed:
   * its idle connections time out.
   *
   * @param scheme such as {@code gs}
   * @param client called once, when a path with the scheme is first used
   */
  public static void register(String scheme, Supplier<ObjectStore> client) {
    BY_SCHEME.put(scheme, new Lazy(client));
  }

  /** The client for a path's scheme; Beam's file systems if none is registered. */
  static ObjectStore of(String path) {
    Lazy client = BY_SCHEME.get(path.substring(0, path.indexOf(':')));
    return client == null ? BeamStore.INSTANCE : client.get();
  }

  private static final class Lazy {
    private final Supplier<ObjectStore> factory;
    private ObjectStore client;

    Lazy(Supplier<ObjectStore> factory) {
      this.factory = factory;
    }

    synchronized ObjectStore get() {
      if (client == null) {
        client = factory.get();
      }
      return client;
    }
  }
}
