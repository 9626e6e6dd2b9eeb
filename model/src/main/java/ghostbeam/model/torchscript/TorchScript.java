package ghostbeam.model.torchscript;

import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a network as a TorchScript archive: a module whose {@code forward} takes images (N,H,W,3)
 * of samples from 0 to 255, uint8 or float32, normalises them and returns float32 logits
 * (N,classes). Batch norm is folded into the convolutions. The bytes are a pure function of the
 * arguments.
 *
 * <p>Source: the format that {@code torch.jit.save} writes, version 4 of the archive.
 */
public final class TorchScript {
  private static final String CLASS = "__torch__.Net";
  private static final String IMAGES = "images";
  private static final LocalDateTime EARLIEST = LocalDateTime.of(1980, 1, 1, 0, 0);

  private TorchScript() {}

  /**
   * Writes a module for a single CPU thread, about twice as fast as the portable one.
   *
   * <p>An image's float32 logits are bit-identical in a batch of any size. A loaded module must not
   * run on two threads at once; load it once for each.
   */
  public static void writeForCpu(
      Architecture architecture, Weights weights, Precision precision, OutputStream out)
      throws IOException {
    Kernels maps = precision == Precision.BF16 ? Kernels.ONEDNN_BF16 : Kernels.XNNPACK;
    write(architecture, weights, maps, Kernels.XNNPACK, out);
  }

  /**
   * Writes a module that any libtorch runs: Python's {@code torch.jit.load}, C++, Triton. It raises
   * an error for images that are not uint8 or not of the size with which its checkpoint was
   * validated, has its classes and view as attributes ({@code classes}, {@code input_size}, {@code
   * crop_fraction}, {@code interpolation}), and contains all of its checkpoint's metadata as a
   * {@link ModuleCard}.
   *
   * <p>It computes with contiguous planes (N,C,H,W), which is correct everywhere; some releases'
   * channels-last 1×1 convolutions are wrong on some processors. On a GPU, where channels last is
   * faster, use {@code module.cuda().to(memory_format=torch.channels_last)}. TensorFloat-32, cuDNN
   * benchmarking and determinism follow the user's {@code torch.backends}.
   */
  public static void writePortable(
      CheckpointInfo info, Weights weights, Precision precision, OutputStream out)
      throws IOException {
    Kernels maps = precision == Precision.BF16 ? Kernels.PORTABLE_BF16 : Kernels.PORTABLE;
    Attributes attributes = new Attributes();
    attributes.describe(info);
    ModuleText text = new ModuleText(weights, maps, Kernels.PORTABLE, attributes);
    ZipOutputStream zip = new ZipOutputStream(out);
    put(zip, ModuleCard.FILE, new ModuleCard(info, precision).toJson());
    String check = PixelCheck.lines(IMAGES, info.preprocessing().inputSize());
    write(info.architecture(), check, text, attributes, zip);
  }

  static void write(
      Architecture architecture, Weights weights, Kernels maps, Kernels features, OutputStream out)
      throws IOException {
    Attributes attributes = new Attributes();
    ModuleText text = new ModuleText(weights, maps, features, attributes);
    write(architecture, "", text, attributes, new ZipOutputStream(out));
  }

  private static void write(
      Architecture architecture,
      String check,
      ModuleText text,
      Attributes attributes,
      ZipOutputStream zip)
      throws IOException {
    Value logits = architecture.forward(text, text.pixels(IMAGES));
    PickleWriter module = attributes.pickle(CLASS);

    put(zip, "version", utf8("4\n"));
    put(zip, "code/__torch__.py", utf8(code(attributes, check + text.body(), logits)));
    put(zip, "data.pkl", module.bytes());
    put(zip, "constants.pkl", noConstants());
    List<byte[]> storages = module.storages();
    for (int i = 0; i < storages.size(); i++) {
      put(zip, "data/" + i, storages.get(i));
    }
    zip.finish();
  }

  private static String code(Attributes attributes, String body, Value result) {
    return """
        class Net(Module):
        %s  def forward(self: %s,
            images: Tensor) -> Tensor:
        %s    return %s
        """
        .formatted(attributes.declarations(), CLASS, body, ModuleText.variable(result));
  }

  private static byte[] noConstants() {
    PickleWriter empty = new PickleWriter();
    empty.mark();
    empty.tuple();
    empty.stop();
    return empty.bytes();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Entries are stored uncompressed, since PyTorch reads them in place. */
  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry("net/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(EARLIEST);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
