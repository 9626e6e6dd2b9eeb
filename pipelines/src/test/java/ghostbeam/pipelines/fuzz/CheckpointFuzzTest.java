package ghostbeam.pipelines.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.OriginalNames;
import ghostbeam.model.checkpoint.TensorArchive;
import ghostbeam.model.checkpoint.TensorFile;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Checkpoints of all kinds, damaged: safetensors with its metadata, and MindSpore's protobuf. */
final class CheckpointFuzzTest {
  private static final int OVERHEAD = 4 << 20;
  private static final int MOST_BYTES_A_BYTE = 400;
  private static final int LARGEST_VIEW = 64;
  private static final String PATH = "/c.safetensors";
  private static final Architecture TINY =
      Architecture.of(
              BigNet.FAMILY, 2, List.of(List.of(new Architecture.Bottleneck(3, 1, 2, 2, 1))), 2, 2)
          .withInputSize(8)
          .withClasses(2);
  private static final Weights WEIGHTS = TINY.initialWeights(1);
  private static final List<Reader> READERS =
      List.of(
          CheckpointFuzzTest::score,
          storage -> TensorArchive.read(storage, PATH),
          CheckpointFuzzTest::convert);

  private interface Reader {
    void read(HeldStorage storage) throws IOException;
  }

  @Test
  void readsOrRefusesSafetensors() throws Exception {
    safetensors().run(Fuzz.SHORT);
  }

  @Test
  void readsOrRefusesCkpts() throws Exception {
    ckpts().run(Fuzz.SHORT);
  }

  @Tag("soak")
  @Test
  void readsOrRefusesManyMoreSafetensors() throws Exception {
    safetensors().run(Fuzz.LONG);
  }

  @Tag("soak")
  @Test
  void readsOrRefusesManyMoreCkpts() throws Exception {
    ckpts().run(Fuzz.LONG);
  }

  private static Fuzz<byte[]> safetensors() throws IOException {
    HeldStorage storage = new HeldStorage();
    CheckpointInfo info =
        new CheckpointInfo(
            TINY,
            WeightKind.RAW,
            new CheckpointInfo.Training(1, 9, "sha256:d", "{\"lr\":1}"),
            List.of("n1", "n2"),
            new ValidationView(8, 0.875, Interpolation.PILLOW));
    Checkpoint.write(storage, PATH, info, WEIGHTS);
    byte[] sound = storage.get(PATH);
    Damage damage = new Damage(List.of(sound), List.of(new Damage.Field("{\"__meta", -8, 8, true)));
    return fuzz(
        "safetensors",
        i -> {
          Dice dice = new Dice(41, i);
          return dice.oneIn(3) ? damage.apply(dice) : withDamagedHead(sound, dice);
        });
  }

  private static Fuzz<byte[]> ckpts() {
    ByteString.Output whole = ByteString.newOutput();
    for (TensorSpec spec : WEIGHTS.specs()) {
      float[] values = WEIGHTS.get(spec.name());
      ByteBuffer floats =
          ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      floats.asFloatBuffer().put(values);
      byte[] tensor = new byte[0];
      for (int side : spec.shape()) {
        tensor = joined(tensor, joined(new byte[] {8}, Damage.varint(side)));
      }
      tensor =
          joined(tensor, joined(field(2, "Float32".getBytes(UTF_8)), field(3, floats.array())));
      String name = OriginalNames.of(spec.name(), TINY);
      byte[] value = joined(field(1, name.getBytes(UTF_8)), field(2, tensor));
      byte[] framed = field(1, value);
      whole.write(framed, 0, framed.length);
    }
    byte[] sound = whole.toByteString().toByteArray();
    Damage damage = new Damage(List.of(sound), List.of());
    return fuzz("ckpt", i -> damage.apply(new Dice(42, i)));
  }

  private static byte[] field(int number, byte[] bytes) {
    byte[] tag = joined(new byte[] {(byte) ((number << 3) | 2)}, Damage.varint(bytes.length));
    return joined(tag, bytes);
  }

  private static byte[] joined(byte[] one, byte[] two) {
    return Damage.replaced(one, one.length, 0, two);
  }

  private static Fuzz<byte[]> fuzz(String name, LongFunction<byte[]> inputs) {
    return new Fuzz<>(
        name,
        inputs,
        CheckpointFuzzTest::read,
        List.of(IOException.class),
        file -> OVERHEAD + (long) MOST_BYTES_A_BYTE * file.length);
  }

  /** As each of its readers does; what one refuses another may take. */
  private static void read(byte[] file) throws IOException {
    HeldStorage storage = new HeldStorage().put(PATH, file);
    IOException refusal = null;
    int taken = 0;
    for (Reader reader : READERS) {
      try {
        reader.read(storage);
        taken++;
      } catch (IOException e) {
        refusal = e;
      }
    }
    if (taken == 0) {
      throw refusal;
    }
  }

  private static void score(HeldStorage storage) throws IOException {
    CheckpointInfo info = Checkpoint.read(storage, PATH).info();
    if (info.preprocessing().inputSize() <= LARGEST_VIEW) {
      info.preprocessing().apply(new Pixels(3, 2, new byte[18]));
    }
  }

  private static void convert(HeldStorage storage) throws IOException {
    TensorFile tensors = TensorFile.read(storage, PATH, WeightKind.RAW);
    tensors.classes();
    tensors.weights(TINY);
  }

  private static byte[] withDamagedHead(byte[] sound, Dice dice) {
    ByteBuffer bytes = ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN);
    int head = (int) bytes.getLong(0);
    JsonNode tree = JsonDamage.parse(new String(sound, 8, head, UTF_8));
    ObjectNode metadata = (ObjectNode) tree.get("__metadata__");
    if (dice.oneIn(2)) {
      String key = dice.of(List.of("architecture", "classes", "preprocessing", "recipe"));
      JsonNode inner = JsonDamage.parse(metadata.get(key).asText());
      byte[] damaged = JsonDamage.bytes(JsonDamage.apply(inner, dice));
      metadata.put(key, dice.oneIn(8) ? "null" : new String(damaged, UTF_8));
    } else {
      JsonDamage.apply(dice.oneIn(3) ? metadata : tree, dice);
    }
    byte[] json = JsonDamage.bytes(tree);
    ByteBuffer made =
        ByteBuffer.allocate(8 + json.length + sound.length - 8 - head)
            .order(ByteOrder.LITTLE_ENDIAN);
    made.putLong(json.length).put(json).put(sound, 8 + head, sound.length - 8 - head);
    return made.array();
  }
}
