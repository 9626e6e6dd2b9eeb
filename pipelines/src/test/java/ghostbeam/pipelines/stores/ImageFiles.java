package ghostbeam.pipelines.stores;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Images in class folders, and archives of them. */
final class ImageFiles {
  private ImageFiles() {}

  /** Images of three classes by their paths, of some 20 KB each. */
  static Map<String, byte[]> make(int count) {
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      files.put(String.format("n%d/%02d.JPEG", i % 3, i), picture(130 + i, i));
    }
    return files;
  }

  /** A zip of files. */
  static byte[] zip(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        out.putNextEntry(new ZipEntry(file.getKey()));
        out.write(file.getValue());
        out.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** A tar of files. */
  static byte[] tar(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        out.putArchiveEntry(entry);
        out.write(file.getValue());
        out.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** One tar for each class, as ILSVRC2012_img_train.tar has them. */
  static Map<String, byte[]> tars(Map<String, byte[]> files) throws IOException {
    Map<String, Map<String, byte[]>> classes = new TreeMap<>();
    files.forEach(
        (path, bytes) -> {
          String[] parts = path.split("/", 2);
          classes.computeIfAbsent(parts[0], name -> new TreeMap<>()).put(parts[1], bytes);
        });
    Map<String, byte[]> tars = new TreeMap<>();
    for (Map.Entry<String, Map<String, byte[]>> named : classes.entrySet()) {
      tars.put(named.getKey() + ".tar", tar(named.getValue()));
    }
    return tars;
  }

  private static byte[] picture(int side, long seed) {
    byte[] rgb = new byte[side * side * 3];
    new Random(seed).nextBytes(rgb);
    return Codec.best().encodeJpeg(new Pixels(side, side, rgb), 90);
  }
}
