package ghostbeam.pipelines.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardReader;
import ghostbeam.model.record.ShardWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Records, shards, indexes and manifests, damaged where their checksums do not hide it. */
final class RecordFuzzTest {
  private static final int OVERHEAD = 4 << 20;
  private static final int MOST_BYTES_A_BYTE = 200;
  private static final int FRAME = 16;
  private static final String SHARD = "/data/train-00000-of-00001.tfrecord";
  private static final String INDEX = "/data/train-00000-of-00001.index";
  private static final String MANIFEST = "/data/train-manifest.json";

  @Test
  void parsesOrRefusesExamples() throws Exception {
    examples().run(Fuzz.SHORT);
  }

  @Test
  void readsOrRefusesDatasets() throws Exception {
    datasets().run(Fuzz.SHORT);
  }

  @Tag("soak")
  @Test
  void parsesOrRefusesManyMoreExamples() throws Exception {
    examples().run(Fuzz.LONG);
  }

  @Tag("soak")
  @Test
  void readsOrRefusesManyMoreDatasets() throws Exception {
    datasets().run(Fuzz.LONG);
  }

  private static Example example(String format, int side, int channels) {
    return new Example(
        new byte[side * side * channels],
        format,
        side,
        side,
        channels,
        "RGB",
        1,
        "n02",
        "é.png",
        "",
        "");
  }

  private static Fuzz<byte[]> examples() {
    Damage damage =
        new Damage(
            List.of(
                example("RAW", 3, 3).toBytes(),
                example("RAW", 4, 1).toBytes(),
                example("JPEG", 2, 3).toBytes()),
            List.of());
    ExampleDecoder images = new ExampleDecoder(Codec.best());
    return new Fuzz<>(
        "example",
        i -> damage.apply(new Dice(31, i)),
        bytes -> images.decode(Example.parse(bytes)),
        List.of(IOException.class, UndecodableImageException.class),
        bytes -> OVERHEAD + (long) MOST_BYTES_A_BYTE * bytes.length);
  }

  private static Fuzz<HeldStorage> datasets() throws IOException {
    HeldStorage sound = new HeldStorage();
    Manifest.Shard shard;
    byte[] index;
    try (ShardWriter writer = new ShardWriter(sound.create(SHARD))) {
      writer.write(example("RAW", 3, 3));
      writer.write(example("RAW", 2, 1));
      shard = Manifest.Shard.of("train-00000-of-00001.tfrecord", writer);
      index = writer.index();
    }
    Manifest manifest =
        new Manifest(
                Manifest.FORMAT,
                "train",
                2,
                List.of("n01", "n02"),
                List.of(0L, 2L),
                Manifest.ORDINARY_LABELS,
                1,
                new Manifest.Settings("raw", 256, 95, "opencv"),
                new Manifest.Source("gs://b/train", 2, "sha256:ab"),
                List.of(shard),
                0,
                "")
            .withDigest();
    manifest.write(sound, "/data");
    sound.put(INDEX, index);
    ExampleDecoder images = new ExampleDecoder(Codec.best());
    return new Fuzz<>(
        "dataset",
        i -> damaged(sound, new Dice(32, i)),
        storage -> read(storage, images),
        List.of(IOException.class, UndecodableImageException.class),
        storage -> OVERHEAD + (long) MOST_BYTES_A_BYTE * bytes(storage));
  }

  private static long bytes(HeldStorage storage) {
    return storage.files().values().stream().mapToLong(file -> file.length).sum();
  }

  private static HeldStorage damaged(HeldStorage sound, Dice dice) {
    HeldStorage storage = new HeldStorage();
    sound.files().forEach((path, file) -> storage.put(path, file.clone()));
    switch (dice.below(5)) {
      case 0 -> storage.put(SHARD, damage(sound.get(SHARD), dice));
      case 1 -> storage.put(INDEX, damage(sound.get(INDEX), dice));
      case 2 -> storage.put(MANIFEST, damage(sound.get(MANIFEST), dice));
      case 3 -> reframe(storage, dice);
      default -> {
        JsonNode tree = JsonDamage.parse(new String(sound.get(MANIFEST), UTF_8));
        storage.put(MANIFEST, withDigest(JsonDamage.apply(tree, dice)));
      }
    }
    return storage;
  }

  private static byte[] damage(byte[] file, Dice dice) {
    return new Damage(List.of(file), List.of()).apply(dice);
  }

  /** A damaged record whose frame, index and manifest are sound. */
  private static void reframe(HeldStorage storage, Dice dice) {
    byte[] record = damage(example("RAW", 3, 3).toBytes(), dice);
    ByteBuffer framed = ByteBuffer.allocate(record.length + FRAME).order(ByteOrder.LITTLE_ENDIAN);
    framed.putLong(record.length);
    framed.putInt(maskedCrc(Arrays.copyOf(framed.array(), Long.BYTES)));
    framed.put(record).putInt(maskedCrc(record));
    storage.put(SHARD, framed.array());
    storage.put(INDEX, ("0 " + framed.capacity() + "\n").getBytes(UTF_8));
    ObjectNode tree = (ObjectNode) JsonDamage.parse(new String(storage.get(MANIFEST), UTF_8));
    tree.put("records", 1).putArray("labelCounts").add(0).add(1);
    ObjectNode shard = (ObjectNode) tree.path("shards").get(0);
    shard.put("records", 1).put("bytes", framed.capacity());
    storage.put(MANIFEST, withDigest(tree));
  }

  private static int maskedCrc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  /** The digest made anew, without which a reader would refuse any change. */
  private static byte[] withDigest(JsonNode tree) {
    JsonNode read = JsonDamage.parse(new String(JsonDamage.bytes(tree), UTF_8));
    if (read.path("digest").isTextual() && read.path("source").isObject()) {
      ObjectNode bare = read.deepCopy();
      bare.remove("digest");
      ((ObjectNode) bare.get("source")).remove("uri");
      try {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(JsonDamage.bytes(bare));
        ((ObjectNode) tree).put("digest", "sha256:" + HexFormat.of().formatHex(hash));
      } catch (java.security.NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
    return JsonDamage.bytes(tree);
  }

  private static void read(HeldStorage storage, ExampleDecoder images) throws Exception {
    try (Dataset dataset = Dataset.open(storage, "/data", "train")) {
      for (int shard = 0; shard < dataset.manifest().shards().size(); shard++) {
        try (ShardReader reader = dataset.shard(shard)) {
          for (int i = 0; i < reader.records(); i++) {
            images.decode(reader.read(i));
          }
        }
      }
      for (long record = 0; record < dataset.manifest().records(); record++) {
        dataset.read(record);
      }
    }
  }
}
