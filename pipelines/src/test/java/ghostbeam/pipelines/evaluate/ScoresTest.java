package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.scoring.Tally;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoresTest {
  private static final Manifest MANIFEST =
      new Manifest(
          Manifest.FORMAT,
          "val",
          3,
          List.of("a", "b"),
          List.of(2L, 1L),
          Manifest.ORDINARY_LABELS,
          1,
          new Manifest.Settings("original", 0, 0, "opencv"),
          new Manifest.Source("/somewhere", 3, "sha256:0"),
          List.of(new Manifest.Shard("val-00000-of-00001.tfrecord", 3, 900, "00000000")),
          0,
          "sha256:1");

  @Test
  void labelsThatTheManifestDoesNotCountAreRefused() throws IOException {
    scores(0, 1, 0).requireLabelsOf(MANIFEST);
    scores(1, 1).requireLabelsOf(MANIFEST); // left a race early
    IOException refused =
        assertThrows(IOException.class, () -> scores(0, 1, 1).requireLabelsOf(MANIFEST));
    assertTrue(
        refused.getMessage().startsWith("1 records of class a were read, the manifest counts 2"),
        refused::getMessage);
  }

  private static Scores scores(int... labels) {
    Tally tally = Tally.of("c", 2);
    for (int i = 0; i < labels.length; i++) {
      tally.addUndecodable(i, labels[i]);
    }
    return new Scores(Map.of("c", tally), Map.of());
  }
}
