package ghostbeam.pipelines.export;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.model.torchscript.TorchScript;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/** Writes a checkpoint as a TorchScript module that any libtorch runs. */
public final class ExportJob {
  /** What libtorch's users call a module; another format's name would mislead its readers. */
  private static final Pattern MODULE = Pattern.compile("[.](pt|pth|ts|jit|torchscript)$");

  private ExportJob() {}

  /**
   * Runs {@code export}.
   *
   * @throws UsageException for a precision that there is not, or a file named as of another format
   * @throws IOException naming the checkpoint that cannot be read or the file that is there already
   */
  public static void run(ExportOptions options, PrintStream out) throws IOException {
    Precision precision = NetworkFlags.precision(options.getPrecision());
    Launch.prepare(options);
    if (!MODULE.matcher(options.getTo()).find()) {
      throw new UsageException(
          "--to=%s cannot be; what is written is a TorchScript module, whose name ends in .pt"
              .formatted(options.getTo()));
    }
    Storage storage = BeamStorage.INSTANCE;
    String to = Launch.absolute(options.getTo());
    if (storage.exists(to) && !options.isOverwrite()) {
      throw new IOException(to + " is there already; choose another --to or add --overwrite");
    }
    Checkpoint checkpoint = Checkpoint.read(storage, Launch.absolute(options.getCheckpoint()));
    CheckpointInfo info = checkpoint.info();
    ByteArrayOutputStream module = new ByteArrayOutputStream();
    TorchScript.writePortable(info, checkpoint.weights(), precision, module);
    storage.writeWhole(to, ByteBuffer.wrap(module.toByteArray()));
    int side = info.preprocessing().inputSize();
    out.printf(
        "%s: %s, %s. forward takes uint8 images (N,%d,%d,3), not normalised, and gives"
            + " float32 logits (N,%d)%n",
        options.getTo(),
        info.architecture().name(),
        precision.title(),
        side,
        side,
        info.architecture().classes());
    out.printf(
        """
        In Python:
          import torch
          module = torch.jit.load(%s)
          images = torch.zeros(1, %d, %d, 3, dtype=torch.uint8)  # RGB, cut as module.crop_fraction and .interpolation say
          logits = module(images)
          print(module.classes[int(logits[0].argmax())])
        """,
        python(options.getTo()), side, side);
  }

  /** A string as Python writes it. */
  private static String python(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
