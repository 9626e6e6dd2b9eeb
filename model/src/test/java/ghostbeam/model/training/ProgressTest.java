package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a training says when it resumes. */
class ProgressTest {

  @Test
  void namesTheNextStepIfThereIsOne() {
    Progress saved = new Progress(2, 1, 0, 0, 0, -1, -1, List.of(), 0, 0, 1);

    assertEquals("resumes in epoch 2 at step 2 of it", saved.resumption(2));
    assertEquals("nothing is left to train: epoch 1 was finished", saved.resumption(1));
  }
}
