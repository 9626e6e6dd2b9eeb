package ghostbeam.model.step;

import ghostbeam.model.distributed.Collective;
import java.nio.ByteBuffer;

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
  public void sumFloats(ByteBuffer values) {
    others.sumFloats(values);
  }

  @Override
  public void sumDoubles(ByteBuffer values) {
    values.putDouble(values.position(), Double.NaN);
    others.sumDoubles(values);
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
