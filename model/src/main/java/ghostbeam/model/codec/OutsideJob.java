package ghostbeam.model.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import javax.imageio.spi.IIORegistry;

/**
 * Calls into libraries that start threads or register shutdown hooks, and that outlive jobs. A new
 * thread inherits its creator's context class loader, and its access control context refers to the
 * loader of each class on the stack: on a cluster these leak all classes of a finished job. So the
 * call is made on a JDK thread with no job class on its stack.
 */
public final class OutsideJob {
  private OutsideJob() {}

  /**
   * Must precede the first use of {@link javax.imageio.ImageIO}, which keeps its first caller's
   * loader.
   */
  public static void loadImageIo() {
    call(IIORegistry.class, "getDefaultInstance", MethodType.methodType(IIORegistry.class));
  }

  /**
   * Calls a library's public static method, which throws no checked exception, and returns its
   * result.
   *
   * @throws LinkageError where there is no such method
   */
  static Object call(Class<?> owner, String method, MethodType type, Object... arguments) {
    MethodHandle call;
    try {
      call = MethodHandles.publicLookup().findStatic(owner, method, type);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(owner.getName() + "." + method + type, e);
    }
    // A lambda would be a class of the job.
    Supplier<?> supplier =
        MethodHandleProxies.asInterfaceInstance(
            Supplier.class, MethodHandles.insertArguments(call, 0, arguments));
    ForkJoinPool apart = new ForkJoinPool(1);
    try {
      return CompletableFuture.supplyAsync(supplier, apart).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException exception) {
        throw exception;
      }
      throw e;
    } finally {
      apart.shutdown();
    }
  }
}
