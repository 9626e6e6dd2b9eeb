package ghostbeam.model.torchscript;

import ghostbeam.model.checkpoint.TensorFile;
import ghostbeam.model.storage.ForeignFile;
import ghostbeam.model.storage.ForeignWeightsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * What the archive of a TorchScript module says before any of it runs, trusting none of it.
 *
 * @param card what it says of itself where we exported it
 * @param unpackedBytes of all its files, about what it takes when loaded
 */
public record ModuleArchive(Optional<ModuleCard> card, long unpackedBytes) {
  /** Code is compressed, tensors are not. */
  private static final long MOST_CODE = 64 << 20;

  private static final Pattern DATA = Pattern.compile("([^/]+)/data\\.pkl");
  private static final Pattern OTHER_DEVICE =
      Pattern.compile("torch\\.device\\(\"((?!cpu|meta)\\w[^\"]{0,40})\"\\)");
  private static final Pattern TORCHVISION = Pattern.compile("\\bops\\.torchvision\\.(\\w{1,80})");

  /**
   * Looks into a file.
   *
   * @param file its bytes
   * @throws ForeignWeightsException where it holds weights and no code
   * @throws IOException in one line, mostly an {@link UnfitModuleException}, where it is another
   *     file, is damaged, unpacks to much more than it is, or holds what no CPU alone can run
   */
  public static ModuleArchive read(String path, byte[] file) throws IOException {
    boolean zip = file.length > 3 && file[0] == 'P' && file[1] == 'K';
    if (!zip) {
      Optional<ForeignFile> kind = ForeignFile.of(file);
      if (kind.isPresent() && kind.get() == ForeignFile.PICKLE) {
        throw weightsAlone(path);
      }
      ForeignFile.refuse(path, file);
      throw new IOException(path + " is no TorchScript module: torch.jit.save writes zips");
    }
    try (ZipFile opened =
        ZipFile.builder().setSeekableByteChannel(new SeekableInMemoryByteChannel(file)).get()) {
      return new Reader(path, file.length, opened).read();
    } catch (UnfitModuleException | ForeignWeightsException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // a library may not foresee all damage
      throw new IOException(
          "%s is no TorchScript module, or a damaged one: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static IOException weightsAlone(String path) {
    return new ForeignWeightsException(
        path, "holds weights and no code, as torch.save writes them");
  }

  private record Reader(String path, long bytes, ZipFile zip) {
    ModuleArchive read() throws IOException {
      String top = null;
      long unpacked = 0;
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        if (entry.getSize() < 0) {
          throw new UnfitModuleException(
              path + " does not say how large its " + entry.getName() + " is");
        }
        unpacked += Math.min(entry.getSize(), Long.MAX_VALUE - unpacked);
        Matcher data = DATA.matcher(entry.getName());
        top = data.matches() ? data.group(1) + "/" : top;
      }
      if (top == null) {
        throw new UnfitModuleException(
            path + " is a zip, but no TorchScript module: it has no data.pkl");
      }
      if (unpacked > 2 * bytes + MOST_CODE) {
        throw new UnfitModuleException(
            "%s has %d bytes and claims to unpack to %d, as no module does"
                .formatted(path, bytes, unpacked));
      }
      boolean script = zip.getEntry(top + "constants.pkl") != null;
      if (!requireCode(top)) {
        throw script
            ? new UnfitModuleException(
                path + " holds no code: its archive has nothing in " + top + "code/")
            : weightsAlone(path);
      }
      if (!script) {
        throw new UnfitModuleException(
            path + " is no TorchScript module: it has code, but no constants.pkl");
      }
      requireStorages(top, "data");
      requireStorages(top, "constants");
      ZipArchiveEntry card = zip.getEntry(top + ModuleCard.FILE);
      return new ModuleArchive(card == null ? Optional.empty() : Optional.of(card(card)), unpacked);
    }

    private ModuleCard card(ZipArchiveEntry entry) throws IOException {
      byte[] content = content(entry);
      try {
        return ModuleCard.ofJson(path, content);
      } catch (IOException e) { // it names the file
        throw new UnfitModuleException(e.getMessage());
      }
    }

    /** Whether there is code; throws where it needs more than PyTorch on a CPU. */
    private boolean requireCode(String top) throws IOException {
      boolean found = false;
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        if (entry.getName().startsWith(top + "code/") && entry.getName().endsWith(".py")) {
          found = true;
          requirePlain(entry);
        }
      }
      return found;
    }

    private void requirePlain(ZipArchiveEntry entry) throws IOException {
      String code = new String(content(entry), StandardCharsets.UTF_8);
      Matcher device = OTHER_DEVICE.matcher(code);
      if (device.find()) {
        throw new UnfitModuleException(
            "%s has the device %s in its code (%s), and there is only a CPU here; trace it again there: torch.jit.trace(model.cpu().eval(), images.cpu())"
                .formatted(path, device.group(1), entry.getName()));
      }
      Matcher operator = TORCHVISION.matcher(code);
      if (operator.find()) {
        throw new UnfitModuleException(
            "%s calls torchvision::%s (%s), which PyTorch alone has not; trace again without it only what leads from images to logits"
                .formatted(path, operator.group(1), entry.getName()));
      }
    }

    /** PyTorch reads on behind a storage that is cut. */
    private void requireStorages(String top, String folder) throws IOException {
      ZipArchiveEntry pickle = zip.getEntry(top + folder + ".pkl");
      for (Map.Entry<String, Long> storage :
          TensorFile.storagesOfModule(content(pickle)).entrySet()) {
        String name = top + folder + "/" + storage.getKey();
        ZipArchiveEntry entry = zip.getEntry(name);
        long bytes = entry == null ? 0 : entry.getSize();
        if (bytes < storage.getValue()) {
          throw new IOException(
              "it says that %s has %d bytes, and there are %d"
                  .formatted(name, storage.getValue(), bytes));
        }
      }
    }

    private byte[] content(ZipArchiveEntry entry) throws IOException {
      if (entry.getSize() > MOST_CODE) {
        throw new UnfitModuleException(
            "%s has %d bytes of %s, as no module does"
                .formatted(path, entry.getSize(), entry.getName()));
      }
      try (InputStream in = zip.getInputStream(entry)) {
        byte[] content = in.readNBytes((int) entry.getSize());
        if (content.length < entry.getSize()) {
          throw new UnfitModuleException(path + " is damaged: its " + entry.getName() + " is cut");
        }
        return content;
      }
    }
  }
}
