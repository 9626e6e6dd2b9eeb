package ghostbeam.transforms.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceArchives;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Label files and class lists written by spreadsheets, pandas, R and PowerShell. */
class RealWorldLabelsTest {
  private static final List<String> KEYS =
      List.of("hen/v_2.JPEG", "shark/v_3.JPEG", "tench/v_1.JPEG");

  /** In a development kit's order, which is not byte order. */
  private static final String CLASSES = "tench\nhen\nshark\n";

  @TempDir Path temporary;
  private Path images;

  @BeforeEach
  void putImages() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 1; i <= 3; i++) {
      files.put("v_" + i + ".JPEG", new byte[1]);
    }
    images = SourceArchives.tar(temporary.resolve("images.tar"), files);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v_1,tench\nv_2,hen\nv_3,shark",
        "\"filename\",\"label\"\n\"v_1.JPEG\",\"tench\"\n\"v_2.JPEG\",\"hen\"\n\"v_3\",\"shark\"\n",
        "id,breed\r\nv_1,tench\r\nv_2,hen\r\nv_3,shark\r\n",
        "file;class\nv_1.JPEG;tench\nv_2.JPEG;hen\nv_3.JPEG;shark\n",
        "sep=;\nfile;class\nv_1.JPEG;tench\nv_2.JPEG;hen\nv_3.JPEG;shark\n",
        "image\tlabel\nv_1.JPEG\ttench\nv_2.JPEG\then\nv_3.JPEG\tshark\n",
        ",path,label\n0,val/v_1.JPEG,tench\n1,val/v_2.JPEG,hen\n2,val/v_3.JPEG,shark\n",
        "\"\",\"path\",\"y\"\n\"1\",\"v_1.JPEG\",\"tench\"\n\"2\",\"v_2\",\"hen\"\n\"3\",\"v_3\",\"shark\"",
        "label,width,name\ntench,500,v_1\nhen,333,v_2\nshark,500,v_3\n",
        "name,label,note\nv_1,tench,\"a fish, tinca\"\nv_2,hen,\nv_3,shark,\"two\nlines\"\n",
        "val\\v_1.JPEG , tench\nval\\v_2.JPEG , hen\n\nval\\v_3.JPEG , shark\n\n",
        "tench\nhen\nshark\n",
        "label\ntench\nhen\nshark\n",
        "1\n2\n3\n",
        "label\n1\n2\n3",
        "name,label\nv_1,1\nv_2,2\nv_3,3",
      })
  void readsWhatToolsWrite(String labels) throws IOException {
    String kit = file("kit.txt", CLASSES.getBytes(UTF_8));

    assertEquals(KEYS, keys(labels.getBytes(UTF_8), kit));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"v_1,tench\nv_2,hen\nv_3,shark", "id,kind\nv_1,tench\nv_2,hen\nv_3,shark"})
  void readsThemWithoutAListOfClasses(String labels) throws IOException {
    assertEquals(KEYS, keys(labels.getBytes(UTF_8), ""));
  }

  @Test
  void readsTextInEveryEncodingWithAByteOrderMark() throws IOException {
    for (Charset charset : List.of(UTF_8, UTF_16LE, UTF_16BE)) {
      String kit = file("kit.txt", ("\uFEFF" + CLASSES).getBytes(charset));
      byte[] byNumber = "\uFEFF1\r\n2\r\n3\r\n".getBytes(charset);
      byte[] byName = "\uFEFFv_1;tench\nv_2;hen\n\uFEFFv_3;shark".getBytes(charset);

      assertEquals(KEYS, keys(byNumber, kit));
      assertEquals(KEYS, keys(byName, kit));
    }
  }

  @Test
  void namesTheFileAndLineThatDoNotMatch() throws IOException {
    String kit = file("kit.txt", CLASSES.getBytes(UTF_8));
    assertRefused("v_1,tench\nv_2,hen\n\nv_3,cod", kit, "labels.csv has the label 'cod' in line 4");
    assertRefused("id,label\nv_1,tench\nv_2,\nv_3,hen", kit, "has the label '' in line 3");
    assertRefused("id,label\nv_1,1\nv_2,4\nv_3,1", kit, "has the class 4 in line 3");
    assertRefused("v_1,tench\nv_2,hen\nv_3,hen\nv_4,hen", kit, "such as v_4 in line 4");
    assertRefused("v_0,tench\nv_1,tench\nv_2,hen\nv_3,hen", "", "such as v_0 in line 1");
    assertRefused("v_1,tench\nv_2,hen", kit, "holds v_3.JPEG, which ");
    assertRefused("v_1,tench\nv_2\nv_3,hen", kit, "has 'v_2' in line 2; expected name,label");
    assertRefused("v_1,tench\n\"v_2,hen\nv_3,hen", kit, "has a quote that is not closed");
    assertRefused("v_1,a,b\nv_2,b,c\nv_3,c,d", "", "several of which may be labels");
    assertRefused("tench\nhen", kit, "has 2 labels");
    assertRefused("tench\nhen\ncod", kit, "has 'cod' in line 3; expected name,label");
    assertRefused(
        "v_1,tench\nv_2,hen\nv_3,h\u00e9n".getBytes(ISO_8859_1),
        kit,
        "is not in UTF-8 from line 3");
    String old = file("old.txt", "tench\nh\u00e9n".getBytes(ISO_8859_1));
    assertRefused("v_1,tench\nv_2,hen\nv_3,hen", old, "old.txt is not in UTF-8 from line 2 on");
  }

  private void assertRefused(String labels, String classes, String words) {
    assertRefused(labels.getBytes(UTF_8), classes, words);
  }

  private void assertRefused(byte[] labels, String classes, String words) {
    IOException refusal =
        assertThrows(InvalidSourceException.class, () -> keys(labels, classes), words);
    assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
  }

  private List<String> keys(byte[] labels, String classes) throws IOException {
    ImageListing listing =
        ImageListing.of(
            Storage.local(),
            ImageSource.of(images.toString(), "val")
                .withLabels(file("labels.csv", labels))
                .withClasses(classes));
    return ImageListingTest.keys(listing);
  }

  private String file(String name, byte[] content) throws IOException {
    return Files.write(temporary.resolve(name), content).toString();
  }
}
