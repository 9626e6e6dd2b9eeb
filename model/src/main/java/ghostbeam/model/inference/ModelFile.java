package ghostbeam.model.inference;

import ghostbeam.model.torchscript.Precision;
import java.util.List;
import java.util.Optional;

/**
 * A file that can be scored, as it was read once.
 *
 * @param loader makes a classifier of its bytes, wherever they are read again
 * @param precision the only one it computes in; empty where that can be chosen
 */
public record ModelFile(ModelInfo info, ModelLoader loader, Optional<Precision> precision) {

  /** The same with other names of its classes; see {@link ModelInfo#withClasses}. */
  public ModelFile withClasses(List<String> names) {
    return new ModelFile(info.withClasses(names), loader, precision);
  }

  /** In which precisions it is scored where these are asked for. */
  public List<Precision> precisions(List<Precision> asked) {
    return precision.map(List::of).orElse(asked);
  }
}
