package ghostbeam.model.inference;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A module loaded by PyTorch, for one thread at a time. */
final class ModuleInstance implements AutoCloseable {
  private final String name;
  private final Model module;

  /**
   * Loads an archive.
   *
   * @param name for messages
   * @throws UncheckedIOException with a one-line message, where PyTorch cannot load it
   */
  ModuleInstance(String name, byte[] archive) {
    this.name = name;
    this.module = Model.newInstance("module", "PyTorch");
    try {
      module.load(new ByteArrayInputStream(archive));
    } catch (IOException | MalformedModelException | RuntimeException e) {
      module.close();
      throw failure("cannot be loaded", e);
    }
  }

  /**
   * The module's output for a batch, in the same manager.
   *
   * @throws UncheckedIOException with a one-line message, where it fails or does not return tensors
   */
  NDList forward(NDManager batch, NDArray images) {
    try {
      // The profiling executor would observe the first call and recompile the module in the second,
      // which costs a batch's time and makes it no faster. The setting is per thread.
      JniUtils.setGraphExecutorOptimize(false);
      return module.getBlock().forward(new ParameterStore(batch, false), new NDList(images), false);
    } catch (EngineException e) {
      throw failure("failed", e);
    } catch (RuntimeException e) { // DJL does not expect outputs that are no tensors
      throw failure("cannot be scored: it returns something other than a tensor", e);
    }
  }

  private UncheckedIOException failure(String what, Exception why) {
    return new UncheckedIOException(
        new IOException("%s %s: %s".formatted(name, what, EngineMessages.of(why)), why));
  }

  /** The number of elements of its parameters. */
  long parameters() {
    return module.getBlock().getDirectParameters().values().stream()
        .map(Parameter::getArray)
        .mapToLong(NDArray::size)
        .sum();
  }

  @Override
  public void close() {
    module.close();
  }
}
