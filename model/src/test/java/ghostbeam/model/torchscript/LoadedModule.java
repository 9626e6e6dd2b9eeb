package ghostbeam.model.torchscript;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** A module's archive loaded by DJL, and the files in it. */
public final class LoadedModule implements AutoCloseable {
  /** The source of the forward pass. */
  static final String CODE = "net/code/__torch__.py";

  private final Model module = Model.newInstance("net", "PyTorch");

  public LoadedModule(byte[] archive) throws Exception {
    module.load(new ByteArrayInputStream(archive));
  }

  /** Logits of images (count,side,side,3), row by row. */
  public float[] logits(ByteBuffer images, DataType type, int count, int side) {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray batch = manager.create(images, new Shape(count, side, side, 3), type);
      return module
          .getBlock()
          .forward(new ParameterStore(manager, false), new NDList(batch), false)
          .singletonOrThrow()
          .toFloatArray();
    }
  }

  /** The archive's files by name, in its order. */
  static Map<String, byte[]> files(byte[] archive) throws Exception {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), zip.readAllBytes());
      }
    }
    return files;
  }

  /** An archive with the given files. */
  static byte[] archive(Map<String, byte[]> files) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(file.getValue());
        ZipEntry entry = new ZipEntry(file.getKey());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(file.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(file.getValue());
      }
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    module.close();
  }
}
