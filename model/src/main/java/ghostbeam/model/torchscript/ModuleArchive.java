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
 * A TorchScript module's archive, checked before any of it runs, trusting none of it.
 *
 * @param card its metadata, where this project exported it
 * @param unpackedBytes of all its files, approximately its memory when loaded
 */
public record ModuleArchive(Optional<ModuleCard> card, long unpackedBytes) {
  /** Limit on code, which may be compressed, unlike tensors. */
  private static final long MAX_CODE = 64 << 20;

  private static final Pattern DATA = Pattern.compile("([^/]+)/data\\.pkl");
  private static final Pattern OTHER_DEVICE =
      Pattern.compile("torch\\.device\\(\"((?!cpu|meta)\\w[^\"]{0,40})\"\\)");
  private static final Pattern TORCHVISION = Pattern.compile("\\bops\\.torchvision\\.(\\w{1,80})");

  /**
   * Reads and checks a file.
   *
   * @param file its bytes
   * @throws ForeignWeightsException where it holds weights and no code
   * @throws IOException with a one-line message, usually an {@link InvalidModuleException}, where
   *     it is not a module, is damaged, unpacks to much more than its size, or cannot run on a CPU
   *     with PyTorch alone
   */
  public static ModuleArchive read(String path, byte[] file) throws IOException {
    boolean zip = file.length > 3 && file[0] == 'P' && file[1] == 'K';
    if (!zip) {
      Optional<ForeignFile> kind = ForeignFile.of(file);
      if (kind.isPresent() && kind.get() == ForeignFile.PICKLE) {
        throw weightsAlone(path);
      }
      ForeignFile.refuse(path, file);
      throw new IOException(path + " is not a TorchScript module: torch.jit.save writes zips");
    }
    try (ZipFile opened =
        ZipFile.builder().setSeekableByteChannel(new SeekableInMemoryByteChannel(file)).get()) {
      return new Reader(path, file.length, opened).read();
    } catch (InvalidModuleException | ForeignWeightsException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // parsing libraries do not foresee all damage
      throw new IOException(
          "%s is not a TorchScript module, or is damaged: %s".formatted(path, e.getMessage()), e);
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
          throw new InvalidModuleException(
              path + " does not say how large its " + entry.getName() + " is");
        }
        unpacked += Math.min(entry.getSize(), Long.MAX_VALUE - unpacked);
        Matcher data = DATA.matcher(entry.getName());
        top = data.matches() ? data.group(1) + "/" : top;
      }
      if (top == null) {
        throw new InvalidModuleException(
            path + " is a zip, but not a TorchScript module: it has no data.pkl");
      }
      if (unpacked > 2 * bytes + MAX_CODE) {
        throw new InvalidModuleException(
            "%s has %d bytes and claims to unpack to %d, which no module does"
                .formatted(path, bytes, unpacked));
      }
      boolean script = zip.getEntry(top + "constants.pkl") != null;
      if (!requireCode(top)) {
        throw script
            ? new InvalidModuleException(
                path + " holds no code: its archive has nothing in " + top + "code/")
            : weightsAlone(path);
      }
      if (!script) {
        throw new InvalidModuleException(
            path + " is not a TorchScript module: it has code, but no constants.pkl");
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
      } catch (IOException e) { // its message names the file
        throw new InvalidModuleException(e.getMessage());
      }
    }

    /** Whether there is code; throws where that needs more than PyTorch on a CPU. */
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
        throw new InvalidModuleException(
            "%s has the device %s in its code (%s), but there is only a CPU here; trace it again on a CPU: torch.jit.trace(model.cpu().eval(), images.cpu())"
                .formatted(path, device.group(1), entry.getName()));
      }
      Matcher operator = TORCHVISION.matcher(code);
      if (operator.find()) {
        throw new InvalidModuleException(
            "%s calls torchvision::%s (%s), which PyTorch alone does not have; trace only the part from images to logits, without it"
                .formatted(path, operator.group(1), entry.getName()));
      }
    }

    /** Checks storages' sizes: PyTorch reads past the end of a truncated one. */
    private void requireStorages(String top, String folder) throws IOException {
      ZipArchiveEntry pickle = zip.getEntry(top + folder + ".pkl");
      for (Map.Entry<String, Long> storage :
          TensorFile.storagesOfModule(content(pickle)).entrySet()) {
        String name = top + folder + "/" + storage.getKey();
        ZipArchiveEntry entry = zip.getEntry(name);
        long bytes = entry == null ? 0 : entry.getSize();
        if (bytes < storage.getValue()) {
          throw new IOException(
              "it says that %s has %d bytes, but there are %d"
                  .formatted(name, storage.getValue(), bytes));
        }
      }
    }

    private byte[] content(ZipArchiveEntry entry) throws IOException {
      if (entry.getSize() > MAX_CODE) {
        throw new InvalidModuleException(
            "%s has %d bytes in %s, which no module has"
                .formatted(path, entry.getSize(), entry.getName()));
      }
      try (InputStream in = zip.getInputStream(entry)) {
        byte[] content = in.readNBytes((int) entry.getSize());
        if (content.length < entry.getSize()) {
          throw new InvalidModuleException(
              path + " is damaged: its " + entry.getName() + " is cut short");
        }
        return content;
      }
    }
  }
}
