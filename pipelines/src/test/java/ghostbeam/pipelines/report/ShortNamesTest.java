package ghostbeam.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShortNamesTest {

  @Test
  void theLastPartIsEnoughIfItDiffers() {
    assertEquals(List.of("best", "epoch-0001"), names("/a/b/best", "/a/b/epoch-0001"));
  }

  @Test
  void foldersTellNamesakesApart() {
    assertEquals(
        List.of("x/best", "y/best", "last"),
        names("gs://b/x/checkpoints/best", "gs://b/y/checkpoints/best", "gs://b/y/last"));
    assertEquals(List.of("x/1/best", "y/1/best"), names("/r/x/1/best", "/r/y/1/best"));
  }

  @Test
  void aBoringLastPartIsLeftOut() {
    assertEquals(List.of("x", "y"), names("/r/x/checkpoints", "/r/y/checkpoints"));
    assertEquals(List.of("checkpoints"), names("checkpoints"));
  }

  @Test
  void theBoringFolderIsNamedIfOnlyItDiffers() {
    assertEquals(List.of("x/best", "checkpoints/best"), names("/x/best", "/x/checkpoints/best"));
  }

  private static List<String> names(String... paths) {
    return List.copyOf(ShortNames.of(List.of(paths), "checkpoints").values());
  }
}
