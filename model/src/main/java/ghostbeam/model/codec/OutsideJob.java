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
 * Calls into libraries that start threads, or keep one for the process's end, where they outlive
 * jobs. A thread keeps the context loader of the one that made it, and in its access control
 * context the loader of each class that was on the stack: on a cluster, all classes of a job that
 * has long ended. So the call is made by a thread of the JDK's with no class of a job on its stack.
 */
public final class OutsideJob {
  private OutsideJob() {}

  /**
   * Before the first use of {@link javax.imageio.ImageIO}, which keeps its first caller's loader.
   */
  public static void loadImageIo() {
    call(IIORegistry.class, "getDefaultInstance", MethodType.methodType(IIORegistry.class));
  }

  /**
   * Calls a public static method of a library, which throws no checked exception; what it gives.
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
