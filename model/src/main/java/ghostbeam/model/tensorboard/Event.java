package ghostbeam.model.tensorboard;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * The wire format of TensorFlow's Event messages, as far as training needs it: {@code Event{double
 * wall_time=1; int64 step=2; string file_version=3 | Summary summary=5 | SessionLog session_log=7}}
 * with {@code Summary{Value{string tag=1; float simple_value=2 | Image image=4} value=1}}.
 * TensorFlow's published classes take at least 4 MB, which a job would ship to every worker.
 */
final class Event {
  private static final int START = 1;
  private static final int RGB = 3;

  /** Offsets of a PNG's width and height, in its first chunk. */
  private static final int PNG_WIDTH = 16;

  private static final int PNG_HEIGHT = 20;

  /** Writes a message's fields. */
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private Event() {}

  /** The first event of a file. */
  static byte[] version() {
    return event(0, out -> out.writeString(3, "brain.Event:2"));
  }

  /** The start of a session, which makes TensorBoard discard that step and later ones. */
  static byte[] start(long step) {
    return event(step, out -> out.writeByteArray(7, message(log -> log.writeEnum(1, START))));
  }

  /** Scalars of one step by tag. */
  static byte[] scalars(long step, Map<String, Double> scalars) {
    return event(
        step,
        out ->
            out.writeByteArray(
                5,
                message(
                    summary -> {
                      for (Map.Entry<String, Double> scalar : scalars.entrySet()) {
                        byte[] value =
                            message(
                                fields -> {
                                  fields.writeString(1, scalar.getKey());
                                  fields.writeFloat(2, scalar.getValue().floatValue());
                                });
                        summary.writeByteArray(1, value);
                      }
                    })));
  }

  /** An image of one step. */
  static byte[] image(long step, String tag, byte[] png) {
    byte[] image =
        message(
            out -> {
              out.writeInt32(1, ByteBuffer.wrap(png).getInt(PNG_HEIGHT));
              out.writeInt32(2, ByteBuffer.wrap(png).getInt(PNG_WIDTH));
              out.writeInt32(3, RGB);
              out.writeByteArray(4, png);
            });
    byte[] value =
        message(
            out -> {
              out.writeString(1, tag);
              out.writeByteArray(4, image);
            });
    return event(step, out -> out.writeByteArray(5, message(all -> all.writeByteArray(1, value))));
  }

  private static byte[] event(long step, Fields what) {
    return message(
        out -> {
          out.writeDouble(1, System.currentTimeMillis() / 1e3);
          out.writeInt64(2, step);
          what.write(out);
        });
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
