package ghostbeam.pipelines.preprocess;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

class SourceFlagsTest {
  @Test
  void keepsTheSlashThatNamesAPartOfAnArchive() {
    SourceOptions options = PipelineOptionsFactory.create().as(SourceOptions.class);

    assertEquals(
        List.of("/a/b.zip!/", "/a/b.zip!/c", "/a/b"),
        SourceFlags.source("/a/b.zip!/, /a/b.zip!/c/,/a/b/", options).inputs());
  }
}
