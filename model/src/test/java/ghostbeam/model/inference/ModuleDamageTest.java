package ghostbeam.model.inference;

import static ghostbeam.model.inference.ModuleFormatTest.PLANES;
import static ghostbeam.model.inference.ModuleFormatTest.file;
import static ghostbeam.model.inference.ModuleFormatTest.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Test;

/**
 * Files that are not modules, or are damaged or hostile: rejected before any of their code runs.
 */
final class ModuleDamageTest {
  @Test
  void saysWhatAFileIsThatIsNotAModule() throws IOException {
    byte[] sound = file("traced.pt");
    assertTrue(
        refusal("a.pth", new byte[] {(byte) 0x80, 2, '}', '.'}, PLANES)
            .endsWith("m/a.pth holds weights and no code, as torch.save writes them"));
    assertTrue(
        refusal("a.pt", "<!doctype html>".getBytes(StandardCharsets.UTF_8), PLANES)
            .contains("web page"));
    assertTrue(refusal("a.pt", new byte[0], PLANES).contains("not a TorchScript module"));
    byte[] cut = Arrays.copyOf(sound, sound.length / 2);
    assertTrue(refusal("a.pt", cut, PLANES).contains("damaged"));
    assertTrue(
        refusal("a.pt", zip("x/data.pkl", "x/constants.pkl"), PLANES).contains("holds no code"));
    assertTrue(refusal("a.pt", zip("x/other"), PLANES).contains("it has no data.pkl"));
    assertTrue(refusal("a.onnx", sound, PLANES).contains("ends in none of .safetensors, .pt"));
  }

  /** It unpacks to a gigabyte. */
  @Test
  void rejectsAZipBombByItsSizes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : List.of("x/data.pkl", "x/constants.pkl", "x/code/__torch__.py")) {
        zip.putNextEntry(new ZipEntry(name));
        byte[] zeros = new byte[1 << 20];
        for (int i = 0; i < 40; i++) {
          zip.write(zeros);
        }
      }
    }
    String said = refusal("bomb.pt", bytes.toByteArray(), PLANES);
    assertTrue(said.contains("claims to unpack to " + ((3 * 40) << 20)), said);
  }

  /** Four times 2^62 is 0 in 64 bits. */
  @Test
  void rejectsSizesThatOverflow() throws IOException {
    SeekableInMemoryByteChannel bytes = new SeekableInMemoryByteChannel();
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
      zip.setUseZip64(Zip64Mode.Always);
      for (String name : List.of("x/data.pkl", "x/constants.pkl", "x/code/a.py", "x/data/0")) {
        ZipArchiveEntry entry = new ZipArchiveEntry(name);
        entry.setMethod(ZipEntry.DEFLATED);
        entry.setSize(1L << 62);
        entry.setCompressedSize(0);
        entry.setCrc(0);
        zip.addRawArchiveEntry(entry, InputStream.nullInputStream());
      }
    }
    byte[] file = Arrays.copyOf(bytes.array(), (int) bytes.size());
    assertTrue(
        refusal("bomb.pt", file, PLANES).contains("claims to unpack to 9223372036854775807"));
  }

  @Test
  void reportsAnIncompleteOrInvalidModuleOnce() throws IOException {
    assertTrue(
        refusal("a.pt", zip("x/data.pkl", "x/code/a.py"), PLANES)
            .endsWith("it has code, but no constants.pkl"));
    byte[] file = file("traced.pt");
    SeekableInMemoryByteChannel whole = new SeekableInMemoryByteChannel(file);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipFile from = ZipFile.builder().setSeekableByteChannel(whole).get();
        ZipOutputStream to = new ZipOutputStream(out)) {
      for (ZipArchiveEntry entry : Collections.list(from.getEntries())) {
        to.putNextEntry(new ZipEntry(entry.getName()));
        to.write(from.getInputStream(entry).readAllBytes());
      }
      to.putNextEntry(new ZipEntry("traced/extra/ghostbeam.json"));
      to.write("{".getBytes(StandardCharsets.US_ASCII));
    }
    String card = refusal("a.pt", out.toByteArray(), PLANES);
    assertEquals(card.indexOf("m/a.pt"), card.lastIndexOf("m/a.pt"), card);
  }

  /** PyTorch itself would read past their end. */
  @Test
  void rejectsStoragesThatAreCutShortOrClaimTooMuch() throws IOException {
    byte[] cut = changed("traced/data/0", bytes -> Arrays.copyOf(bytes, 8));
    assertTrue(
        refusal("a.pt", cut, PLANES)
            .endsWith("it says that traced/data/0 has 864 bytes, but there are 8"));
    byte[] huge =
        changed(
            "traced/data.pkl",
            bytes -> {
              String text = new String(bytes, StandardCharsets.ISO_8859_1);
              assertTrue(text.contains("cpuq\nK\u00d8"));
              return text.replace("cpuq\nK\u00d8", "cpuq\n\u008a\u0006\0\0\0\0\0\u0001")
                  .getBytes(StandardCharsets.ISO_8859_1);
            });
    assertTrue(refusal("a.pt", huge, PLANES).contains("traced/data/0 has 4398046511104 bytes"));
    byte[] damaged = changed("traced/data.pkl", bytes -> Arrays.copyOf(bytes, 100));
    assertTrue(refusal("a.pt", damaged, PLANES).contains("pickle is cut short or damaged"));
  }

  private static byte[] changed(String name, UnaryOperator<byte[]> change) throws IOException {
    return ModuleFormatTest.changed("traced.pt", name, change);
  }

  private static byte[] zip(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(0);
        entry.setCrc(new CRC32().getValue());
        zip.putNextEntry(entry);
      }
    }
    return bytes.toByteArray();
  }
}
