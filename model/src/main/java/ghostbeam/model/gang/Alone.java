package ghostbeam.model.gang;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/** A gang of one. */
enum Alone implements Collective {
  INSTANCE;

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public void sum(FloatBuffer values) {}

  @Override
  public void sum(DoubleBuffer values) {}

  @Override
  public void broadcast(ByteBuffer values) {}

  @Override
  public void close() {}
}
