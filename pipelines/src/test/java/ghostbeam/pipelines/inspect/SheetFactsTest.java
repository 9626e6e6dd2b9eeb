package ghostbeam.pipelines.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.augmentation.Augmentation;
import ghostbeam.model.augmentation.ColorJitter;
import ghostbeam.model.augmentation.ContactSheet;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.input.SampleOrder;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SheetFactsTest extends InspectCase {
  @Test
  void drawsASheetOfAugmentedImages() throws IOException {
    writeDataset("train");
    Path sheet = folder.resolve("sheet.png");
    Path other = folder.resolve("other.png");
    for (Path path : List.of(sheet, other)) {
      InspectOptions options = PipelineOptionsFactory.as(InspectOptions.class);
      options.setWhat(List.of(folder.toString()));
      options.setContactSheet(path.toString());
      options.setInputSize(16);
      options.setAutoaugment(path.equals(other));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      InspectJob.run(options, new PrintStream(bytes, true, StandardCharsets.UTF_8));
      assertTrue(bytes.toString(StandardCharsets.UTF_8).contains(path.toString()));
    }
    BufferedImage image = ImageIO.read(sheet.toFile());
    assertEquals(10 * (16 + 4) + 4, image.getWidth());
    assertEquals(3 * (16 + 4) + 4, image.getHeight());
    assertEquals(0xFFFFFF, image.getRGB(0, 0) & 0xFFFFFF);
    assertEquals(0, image.getRGB(10, 10) & 0xFFFFFF);
    assertNotEquals(-1, Files.mismatch(sheet, other));
  }

  /** Of a jitter that does nothing, the draws alone would change the flips. */
  @ParameterizedTest
  @CsvSource({"0, torchvision", "0.5, pillow", "0, opencv"})
  void aSheetShowsWhatTrainingSees(double jitter, String interpolation) throws IOException {
    writeDataset("train", new Random(3));
    Path sheet = folder.resolve("sheet.png");
    InspectOptions options =
        PipelineOptionsFactory.fromArgs(
                "--what=" + folder,
                "--contactSheet=" + sheet,
                "--inputSize=16",
                "--seed=5",
                "--colorJitter=" + jitter,
                "--interpolation=" + interpolation)
            .as(InspectOptions.class);
    InspectJob.run(options, new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
    Interpolation bicubic = Interpolation.valueOf(interpolation.toUpperCase(Locale.ROOT));
    TrainingView view =
        new TrainingView(
            16, 0.08, bicubic, jitter == 0 ? Augmentation.NONE : new ColorJitter(jitter));
    List<List<Pixels>> rows = new ArrayList<>();
    try (Dataset dataset = Dataset.open(Storage.local(), folder.toString(), "train")) {
      for (int record = 0; record < 3; record++) {
        Pixels image = new ExampleDecoder(Codec.best()).decode(dataset.read(record));
        List<Pixels> row =
            new ArrayList<>(List.of(new ValidationView(16, 1, bicubic).apply(image)));
        for (int epoch = 1; epoch <= 9; epoch++) {
          row.add(view.apply(image, SampleOrder.random(5, epoch, record)));
        }
        rows.add(row);
      }
    } catch (UndecodableImageException e) {
      throw new IOException(e);
    }
    assertArrayEquals(ContactSheet.png(rows), Files.readAllBytes(sheet));
  }

  @Test
  void aSheetNamesTheBicubicsThereAre() {
    InspectOptions options =
        PipelineOptionsFactory.fromArgs(
                "--what=" + folder, "--contactSheet=sheet.png", "--interpolation=lanczos")
            .as(InspectOptions.class);
    assertEquals(
        "--interpolation=lanczos cannot be; expected one of opencv, pillow, torchvision",
        assertThrows(
                UsageException.class,
                () ->
                    InspectJob.run(
                        options, new PrintStream(new ByteArrayOutputStream(), true, UTF_8)))
            .getMessage());
  }
}
