package ghostbeam.model.training;

import ghostbeam.model.gang.Collective;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/** A rank whose own losses are never finite. */
record Spoiling(Collective others) implements Collective {
  @Override
  public int rank() {
    return others.rank();
  }

  @Override
  public int size() {
    return others.size();
  }

  @Override
  public void sum(FloatBuffer values) {
    others.sum(values);
  }

  @Override
  public void sum(DoubleBuffer values) {
    values.put(0, Double.NaN);
    others.sum(values);
  }

  @Override
  public void broadcast(ByteBuffer values) {
    others.broadcast(values);
  }

  @Override
  public void close() {
    others.close();
  }
}
