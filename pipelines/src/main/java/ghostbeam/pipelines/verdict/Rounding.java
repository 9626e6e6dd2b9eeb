package ghostbeam.pipelines.verdict;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import ghostbeam.model.scoring.Comparison;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint scored in two precisions.
 *
 * @param float32 its name there
 * @param bf16 its name there
 * @param changed images for which the Top-1 answers differ
 */
@JsonPropertyOrder({"float32", "bf16", "changed"})
public record Rounding(String float32, String bf16, long changed) {

  /** Of entrants in this order; copies of a file make one. */
  static List<Rounding> of(List<Entrant> entrants) {
    Map<Entrant.Identity, Entrant> exact = new HashMap<>();
    entrants.forEach(entrant -> exact.putIfAbsent(entrant.identity(), entrant));
    Map<Entrant.Identity, Rounding> pairs = new LinkedHashMap<>();
    for (Entrant entrant : entrants) {
      Entrant twin =
          exact.get(new Entrant.Identity(entrant.digest(), entrant.preprocessing().inFloat32()));
      if (twin != null && !twin.identity().equals(entrant.identity())) {
        long changed = Comparison.answersChanged(entrant.tally(), twin.tally());
        pairs.putIfAbsent(entrant.identity(), new Rounding(twin.name(), entrant.name(), changed));
      }
    }
    return List.copyOf(pairs.values());
  }
}
