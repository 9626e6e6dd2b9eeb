package ghostbeam.pipelines.fuzz;

import static ghostbeam.pipelines.fuzz.Damage.fields;
import static java.nio.charset.StandardCharsets.US_ASCII;

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.transforms.fetch.ImageReader;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.ingest.ImageSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Zips and tars, damaged: listed, then each image read. */
final class ArchiveFuzzTest {
  private static final int BLOCK = 512;
  private static final int CHECKSUM_AT = 148;
  private static final int MAGIC_AT = 257;

  /** A deflated byte holds at most 1,032; listing and fetching take blocks of a megabyte. */
  private static final int MOST_BYTES_A_BYTE = 3_000;

  private static final int OVERHEAD = 4 << 20;

  @Test
  void listsOrRefusesZips() throws Exception {
    zips().run(Fuzz.SHORT);
  }

  @Test
  void listsOrRefusesTars() throws Exception {
    tars().run(Fuzz.SHORT);
  }

  @Tag("soak")
  @Test
  void listsOrRefusesManyMoreZips() throws Exception {
    zips().run(Fuzz.LONG);
  }

  @Tag("soak")
  @Test
  void listsOrRefusesManyMoreTars() throws Exception {
    tars().run(Fuzz.LONG);
  }

  private static Fuzz<byte[]> zips() throws IOException {
    Damage damage =
        new Damage(
            List.of(zip(Zip64Mode.Never), zip(Zip64Mode.Always), new byte[22]), trustedOfZips());
    return fuzz("zip", i -> damage.apply(new Dice(21, i)));
  }

  private static Fuzz<byte[]> tars() throws IOException {
    byte[] inner = tar(TarArchiveOutputStream.LONGFILE_ERROR, "a", new byte[9], "b", new byte[600]);
    String lengthy = "n1/" + "x".repeat(120);
    Damage damage =
        new Damage(
            List.of(
                tar(TarArchiveOutputStream.LONGFILE_GNU, lengthy, new byte[7], "n2/b", new byte[1]),
                tar(TarArchiveOutputStream.LONGFILE_POSIX, lengthy, new byte[7], "n2/é", inner),
                tar(TarArchiveOutputStream.LONGFILE_POSIX, "n1.tar", inner, "n2.tar", inner)),
            trustedOfTars());
    return fuzz(
        "tar",
        i -> {
          Dice dice = new Dice(22, i);
          byte[] file = damage.apply(dice);
          return dice.oneIn(10) ? file : withChecksums(file);
        });
  }

  private static Fuzz<byte[]> fuzz(String kind, java.util.function.LongFunction<byte[]> inputs) {
    String path = "/archive." + kind;
    return new Fuzz<>(
        kind,
        inputs,
        file -> read(path, file),
        List.of(IOException.class),
        file -> OVERHEAD + (long) MOST_BYTES_A_BYTE * file.length);
  }

  private static void read(String path, byte[] file) throws IOException {
    HeldStorage storage = new HeldStorage().put(path, file);
    ImageListing listing = ImageListing.of(storage, ImageSource.of(path, "train"));
    for (ImageRef image : listing.images()) {
      if (image.key().contains("..") || image.key().startsWith("/")) {
        throw new IllegalStateException("took " + image);
      }
    }
    int rejected = 0; // named in the dataset's list
    try (ImageReader reader = new ImageReader(storage, listing.images())) {
      for (int i = 0; i < listing.images().size(); i++) {
        try {
          reader.next();
        } catch (UndecodableImageException e) {
          rejected++;
        }
      }
    }
    if (rejected == listing.images().size()) {
      throw new IOException("all images of it are rejected");
    }
  }

  private static byte[] zip(Zip64Mode mode) throws IOException {
    SeekableInMemoryByteChannel channel = new SeekableInMemoryByteChannel();
    try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(channel)) {
      out.setUseZip64(mode);
      for (String name : List.of("n1/a", "n1/b", "n2/é", "n2/link", "n2/", "README")) {
        ZipArchiveEntry entry = new ZipArchiveEntry(name);
        entry.setMethod(name.endsWith("a") ? ZipArchiveEntry.STORED : ZipArchiveEntry.DEFLATED);
        if (name.endsWith("link")) {
          entry.setUnixMode(0120777);
        }
        out.putArchiveEntry(entry);
        out.write((name + "-").repeat(name.endsWith("/") ? 0 : 40).getBytes(US_ASCII));
        out.closeArchiveEntry();
      }
    }
    return Arrays.copyOf(channel.array(), (int) channel.size());
  }

  private static List<Damage.Field> trustedOfZips() {
    List<Damage.Field> fields = new ArrayList<>();
    fields.addAll(fields("PK\1\2", true, 2, 4, 8, 10, 28, 30, 32, 46));
    fields.addAll(fields("PK\1\2", true, 4, 0, 16, 20, 24, 38, 42, 54));
    fields.addAll(fields("PK\3\4", true, 2, 6, 8, 26, 28));
    fields.addAll(fields("PK\3\4", true, 4, 0, 14, 18, 22));
    fields.addAll(fields("PK\5\6", true, 2, 4, 6, 8, 10, 20));
    fields.addAll(fields("PK\5\6", true, 4, 0, 12, 16));
    fields.addAll(fields("PK\6\6", true, 8, 4, 24, 32, 40, 48));
    fields.addAll(fields("PK\6\6", true, 4, 0, 16, 20));
    fields.addAll(fields("PK\6\7", true, 8, 8));
    fields.addAll(fields("PK\6\7", true, 4, 0, 4, 16));
    fields.addAll(fields("\1\0", true, 2, 2));
    fields.addAll(fields("\1\0", true, 8, 4, 12, 20));
    return fields;
  }

  private static byte[] tar(int mode, String first, byte[] one, String second, byte[] two)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8")) {
      out.setLongFileMode(mode);
      out.setAddPaxHeadersForNonAsciiNames(mode == TarArchiveOutputStream.LONGFILE_POSIX);
      add(out, new TarArchiveEntry(first), one);
      TarArchiveEntry link = new TarArchiveEntry("n1/link", TarConstants.LF_SYMLINK);
      link.setLinkName("../../etc");
      add(out, link, new byte[0]);
      add(out, new TarArchiveEntry(second), two);
    }
    return bytes.toByteArray();
  }

  private static void add(TarArchiveOutputStream out, TarArchiveEntry entry, byte[] body)
      throws IOException {
    entry.setSize(body.length);
    out.putArchiveEntry(entry);
    out.write(body);
    out.closeArchiveEntry();
  }

  /** The octal size, type and names of a header, and the lengths of pax records. */
  static List<Damage.Field> trustedOfTars() {
    List<Damage.Field> fields = new ArrayList<>();
    fields.addAll(fields("ustar", true, 1, -257, -133, -132, -125, -124, -101, 88, 6));
    fields.addAll(fields("ustar", false, 8, -133, -129, -257));
    fields.addAll(fields("path=", false, 2, -3, -2));
    fields.addAll(fields("path=", false, 1, -1, 5, 6));
    return fields;
  }

  /** Sums of headers made anew, without which a reader would look at nothing else. */
  static byte[] withChecksums(byte[] file) {
    for (int at = 0; at + BLOCK <= file.length; at += BLOCK) {
      if (new String(file, at + MAGIC_AT, 5, US_ASCII).equals("ustar")) {
        Arrays.fill(file, at + CHECKSUM_AT, at + CHECKSUM_AT + 8, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
          sum += file[at + i] & 0xFF;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(US_ASCII);
        System.arraycopy(digits, 0, file, at + CHECKSUM_AT, digits.length);
      }
    }
    return file;
  }
}
