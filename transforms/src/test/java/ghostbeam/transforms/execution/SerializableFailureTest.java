package ghostbeam.transforms.execution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.AdvisedException;
import ghostbeam.transforms.source.SourceRemedy;
import java.io.IOException;
import java.util.Optional;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;

final class SerializableFailureTest {

  /** Not serialisable, like a parser's exception that refers to its position. */
  private static final class Rooted extends Exception {
    private static final long serialVersionUID = 1;

    private final Object place = new Object();

    Rooted(String words, Throwable cause) {
      super(words, cause);
    }

    @Override
    public String getMessage() {
      return super.getMessage() + " of " + place.getClass().getSimpleName();
    }
  }

  @Test
  void keepsSerialisableFailures() {
    Exception sound = new IllegalStateException("sound", new IOException("cause"));
    assertSame(sound, SerializableFailure.of(sound));
    assertNull(SerializableFailure.of(null));
  }

  @Test
  void keepsMessagesAndTracesOfOthers() {
    Exception rooted = new Rooted("row 1", new Rooted("byte 2", new IOException("cut")));

    Throwable arrived = SerializableUtils.ensureSerializable(SerializableFailure.of(rooted));

    assertInstanceOf(IOException.class, arrived);
    assertEquals(rooted.toString(), arrived.getMessage());
    assertArrayEquals(rooted.getStackTrace(), arrived.getStackTrace());
    assertEquals(rooted.getCause().toString(), arrived.getCause().getMessage());
    assertEquals("cut", arrived.getCause().getCause().getMessage());
  }

  @Test
  void keepsAdvice() {
    Optional<Advice> advice = Optional.of(SourceRemedy.FEWER_SHARDS.with(6));
    Exception advised = new AdvisedException("too few", advice, new Rooted("row 1", null));

    Throwable arrived = SerializableUtils.ensureSerializable(SerializableFailure.of(advised));

    assertEquals("too few", arrived.getMessage());
    assertEquals(advice, Advice.about(arrived));
  }
}
