package ghostbeam.transforms.ingest;

import static ghostbeam.transforms.ingest.ImageListingTest.contents;
import static ghostbeam.transforms.ingest.ImageListingTest.keys;
import static ghostbeam.transforms.ingest.ImageListingTest.tar;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several inputs at once, and the expected digest of a single one. */
class SeveralInputsTest {
  @TempDir Path temporary;

  @Test
  void joinsSeveralInputsByCommaOrGlob() throws IOException {
    int mode = TarArchiveOutputStream.LONGFILE_ERROR;
    Path n1 = Files.write(temporary.resolve("n1.tar"), tar(mode, "a.JPEG"));
    Path n2 = Files.write(temporary.resolve("n2.tar"), tar(mode, "b.JPEG"));
    Files.writeString(temporary.resolve("other.txt"), "x");
    String glob = temporary + "/n[0-9].t*";

    List<String> expected = List.of("n1/a.JPEG", "n2/b.JPEG");
    assertEquals(expected, keys(ImageListing.of(Storage.local(), ImageSource.of(glob, "train"))));
    assertEquals(expected, keys(list(List.of(n2.toString(), n1.toString()), "")));
    IOException twice =
        assertThrows(IOException.class, () -> list(List.of(glob, n1.toString()), ""));
    assertTrue(twice.getMessage().startsWith(n1 + " is named twice"), twice.getMessage());
    IOException none =
        assertThrows(IOException.class, () -> list(List.of(temporary + "/m*.tar"), ""));
    assertTrue(none.getMessage().contains("matches nothing"), none.getMessage());
  }

  @Test
  void refusesAnImageInTwoInputs() throws IOException {
    Path one = SourceArchives.zip(temporary.resolve("1.zip"), contents("n1/a", "n2/b"));
    Path two = SourceArchives.zip(temporary.resolve("2.zip"), contents("n1/a", "n2/c"));

    IOException refusal =
        assertThrows(IOException.class, () -> list(List.of(one.toString(), two.toString()), ""));

    assertTrue(refusal.getMessage().contains("both hold n1/a"), refusal.getMessage());
  }

  @Test
  void checksTheArchivesDigest() throws IOException {
    Path zip = SourceArchives.zip(temporary.resolve("source.zip"), contents("n1/a", "n2/b"));
    String md5 = DigestUtils.md5Hex(Files.readAllBytes(zip));
    String sha256 = DigestUtils.sha256Hex(Files.readAllBytes(zip));

    assertEquals(2, list(List.of(zip.toString()), "md5:" + md5).images().size());
    assertEquals(2, list(List.of(zip.toString()), "sha256:" + sha256).images().size());
    String wrong = "md5:" + "0".repeat(32);
    IOException refusal =
        assertThrows(IOException.class, () -> list(List.of(zip.toString()), wrong));
    assertEquals(
        "%s has the digest md5:%s, expected %s; copy or download it again"
            .formatted(zip, md5, wrong),
        refusal.getMessage());
    Path folder = SourceArchives.folder(temporary.resolve("source"), contents("n1/a", "n2/b"));
    IOException many =
        assertThrows(IOException.class, () -> list(List.of(folder.toString()), wrong));
    assertTrue(many.getMessage().contains("is not one archive"), many.getMessage());
  }

  private static ImageListing list(List<String> inputs, String digest) throws IOException {
    return ImageListing.of(
        Storage.local(), ImageSource.of(inputs, "train").withExpectedDigest(digest));
  }
}
