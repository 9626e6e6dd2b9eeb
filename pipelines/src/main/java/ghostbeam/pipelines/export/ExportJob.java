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
  /** Usual suffixes of TorchScript modules; another format's suffix would mislead. */
  private static final Pattern MODULE = Pattern.compile("[.](pt|pth|ts|jit|torchscript)$");

  private ExportJob() {}

  /**
   * Runs {@code export}.
   *
   * @throws UsageException for an unknown precision, or a file name that is not a module's
   * @throws IOException if the checkpoint cannot be read or the file to write exists, naming it
   */
  public static void run(ExportOptions options, PrintStream out) throws IOException {
    Precision precision = NetworkFlags.precision(options.getPrecision());
    Launch.prepare(options);
    if (!MODULE.matcher(options.getTo()).find()) {
      throw new UsageException(
          "--to=%s is invalid; export writes a TorchScript module, whose name ends in .pt"
              .formatted(options.getTo()));
    }
    Storage storage = BeamStorage.INSTANCE;
    String to = Launch.absolute(options.getTo());
    if (storage.exists(to) && !options.isOverwrite()) {
      throw new IOException(to + " already exists; choose another --to or add --overwrite");
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
          images = torch.zeros(1, %d, %d, 3, dtype=torch.uint8)  # RGB, resized and cropped as module.crop_fraction and .interpolation say
          logits = module(images)
          print(module.classes[int(logits[0].argmax())])
        """,
        python(options.getTo()), side, side);
  }

  /** A Python string literal. */
  private static String python(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
