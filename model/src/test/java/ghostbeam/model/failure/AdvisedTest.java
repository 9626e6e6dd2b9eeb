package ghostbeam.model.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AdvisedTest {

  /** A cluster's logs and web page show no more of a failure than this. */
  @Test
  void namesTheRemedyAndItsFactsBesideTheMessage() {
    String type = AdvisedException.class.getName();
    assertEquals(
        type + ": too large (remedy: LOWER_LOSS_SCALE 1024.0)",
        new AdvisedException("too large", ModelRemedy.LOWER_LOSS_SCALE.with(1024.0)).toString());
    assertEquals(
        type + ": other disk (remedy: SHARED_OUTPUT)",
        new AdvisedException("other disk", ModelRemedy.SHARED_OUTPUT.with()).toString());
    assertEquals(type + ": disk full", new AdvisedException("disk full", (Advice) null).toString());
  }

  @Test
  void adviceSurvivesSerialization() throws Exception {
    Advice advice = ModelRemedy.MAKE_SPLIT.with("val");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new IOException("rank 1: none", new AdvisedException("none", advice)));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertEquals(Optional.of(advice), Advice.about((Throwable) in.readObject()));
    }
  }
}
