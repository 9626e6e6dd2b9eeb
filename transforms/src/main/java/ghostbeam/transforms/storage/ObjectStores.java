package ghostbeam.transforms.storage;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The stores' clients in this JVM, by URI scheme, as Beam keeps its file systems. */
public final class ObjectStores {
  private static final Map<String, Lazy> BY_SCHEME = new ConcurrentHashMap<>();

  private ObjectStores() {}

  /**
   * Sets the client for a scheme, in place of an earlier one, which whoever reads through it keeps.
   * Nobody closes that one: its connections close by themselves when idle.
   *
   * @param scheme such as {@code gs}
   * @param client called once, when a path of the scheme is first used
   */
  public static void register(String scheme, Supplier<ObjectStore> client) {
    BY_SCHEME.put(scheme, new Lazy(client));
  }

  /** The client of a path's scheme; without one, Beam's file system of it. */
  static ObjectStore of(String path) {
    Lazy client = BY_SCHEME.get(path.substring(0, path.indexOf(':')));
    return client == null ? BeamStore.INSTANCE : client.get();
  }

  private static final class Lazy {
    private final Supplier<ObjectStore> maker;
    private ObjectStore made;

    Lazy(Supplier<ObjectStore> maker) {
      this.maker = maker;
    }

    synchronized ObjectStore get() {
      if (made == null) {
        made = maker.get();
      }
      return made;
    }
  }
}
