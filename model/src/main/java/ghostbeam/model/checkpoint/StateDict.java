package ghostbeam.model.checkpoint;

import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Where a value saved by {@code torch.save} holds a state dict: in itself or under a key. */
final class StateDict {
  /** The keys under which training scripts save state dicts: PyTorch's own examples, timm, DeiT. */
  private static final Map<WeightKind, List<String>> KEYS =
      Map.of(
          WeightKind.RAW, List.of("state_dict", "model"),
          WeightKind.EMA, List.of("state_dict_ema", "model_ema"));

  private static final int SHOWN = 10;

  private StateDict() {}

  /**
   * The weights of a kind.
   *
   * @throws IOException saying what is there instead
   */
  static Map<?, ?> of(Object saved, WeightKind kind) throws IOException {
    if (!(saved instanceof Map<?, ?> dict)) {
      throw new IOException("it holds no dict of tensors");
    }
    Map<?, ?> weights = weights(dict, kind);
    if (weights == null) {
      throw new AdvisedException(
          "it has no %s weights under %s; it has %s"
              .formatted(
                  kind.title(),
                  String.join(" or ", KEYS.get(kind)),
                  dict.keySet().stream()
                      .filter(String.class::isInstance)
                      .limit(SHOWN)
                      .map(key -> PickleGlobals.printable((String) key))
                      .collect(Collectors.joining(", "))),
          weights(dict, WeightKind.RAW) == null ? null : ModelRemedy.RAW_WEIGHTS.with());
    }
    return weights;
  }

  /** Null if there are none of this kind. */
  private static Map<?, ?> weights(Map<?, ?> saved, WeightKind kind) {
    for (String key : KEYS.get(kind)) {
      if (saved.get(key) instanceof Map<?, ?> inner) {
        return inner;
      }
    }
    return kind == WeightKind.RAW
            && saved.values().stream().anyMatch(PickleGlobals.Tensor.class::isInstance)
        ? saved
        : null;
  }
}
