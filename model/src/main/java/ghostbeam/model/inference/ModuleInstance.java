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

/** A module as PyTorch has it in memory, for one thread at a time. */
final class ModuleInstance implements AutoCloseable {
  private final String name;
  private final Model module;

  /**
   * Loads an archive.
   *
   * @param name for messages
   * @throws UncheckedIOException in one line, where PyTorch does not load it
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
   * What the module makes of a batch, in the same manager.
   *
   * @throws UncheckedIOException in one line, where it fails or its answer is not made of tensors
   */
  NDList forward(NDManager batch, NDArray images) {
    try {
      // PyTorch would watch the first call and rewrite the module in the second, at the price of a
      // batch, into one that is no faster. Asked of each thread anew.
      JniUtils.setGraphExecutorOptimize(false);
      return module.getBlock().forward(new ParameterStore(batch, false), new NDList(images), false);
    } catch (EngineException e) {
      throw failure("failed", e);
    } catch (RuntimeException e) { // what no list of tensors can be made of, DJL does not foresee
      throw failure("cannot be scored: it gives something else than a tensor", e);
    }
  }

  private UncheckedIOException failure(String what, Exception why) {
    return new UncheckedIOException(
        new IOException("%s %s: %s".formatted(name, what, EngineWords.of(why)), why));
  }

  /** How many numbers it calls parameters. */
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
