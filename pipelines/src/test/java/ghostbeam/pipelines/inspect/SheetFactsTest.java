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
import ghostbeam.model.augmentation.Mixing;
import ghostbeam.model.augmentation.RandAugment;
import ghostbeam.model.augmentation.RandomErasing;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.Normalization;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.input.SampleOrder;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.RecipeChoice;
import ghostbeam.model.recipe.Views;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.FloatBuffer;
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

  /** Even a jitter without effect would change the flips by its random draws. */
  @ParameterizedTest
  @CsvSource({"0, torchvision, PUBLISHED", "0.5, pillow, PUBLISHED", "0, opencv, SMALL"})
  void aSheetShowsWhatTrainingSees(double jitter, String interpolation, RecipeChoice recipe)
      throws IOException {
    writeDataset("train", new Random(3));
    Path sheet = folder.resolve("sheet.png");
    InspectOptions options =
        PipelineOptionsFactory.fromArgs(
                "--what=" + folder,
                "--contactSheet=" + sheet,
                "--inputSize=16",
                "--seed=5",
                "--recipe=" + recipe,
                "--colorJitter=" + jitter,
                "--interpolation=" + interpolation)
            .as(InspectOptions.class);
    InspectJob.run(options, new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
    Interpolation bicubic = Interpolation.valueOf(interpolation.toUpperCase(Locale.ROOT));
    Views views = recipe.of(Recipe.ORIGINAL).views();
    TrainingView view =
        new TrainingView(
            16,
            views.cropScale(),
            bicubic,
            jitter == 0 ? Augmentation.NONE : new ColorJitter(jitter),
            views.augmentations().erasing(),
            views.augmentations().mixing());
    assertArrayEquals(sheet(view), Files.readAllBytes(sheet));
  }

  /** The first of three images with the last. */
  @Test
  void aSheetIsMixedAsABatchOfItsImages() throws IOException {
    writeDataset("train", new Random(3));
    Path sheet = folder.resolve("sheet.png");
    InspectOptions options =
        PipelineOptionsFactory.fromArgs(
                "--what=" + folder,
                "--contactSheet=" + sheet,
                "--inputSize=16",
                "--seed=5",
                "--randAugment=2,9",
                "--randomErasing=0.5",
                "--mixup=0.4",
                "--cutmix=1")
            .as(InspectOptions.class);
    InspectJob.run(options, new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
    TrainingView view =
        new TrainingView(
            16,
            0.08,
            Interpolation.TORCHVISION,
            new RandAugment(2, 9),
            new RandomErasing(0.5),
            new Mixing(0.4, 1));
    assertArrayEquals(sheet(view), Files.readAllBytes(sheet));
  }

  private byte[] sheet(TrainingView view) throws IOException {
    List<List<Pixels>> rows = new ArrayList<>();
    try (Dataset dataset = Dataset.open(Storage.local(), folder.toString(), "train")) {
      List<Pixels> images = new ArrayList<>();
      for (int record = 0; record < 3; record++) {
        images.add(new ExampleDecoder(Codec.best()).decode(dataset.read(record)));
        ValidationView whole = new ValidationView(16, 1, view.interpolation());
        rows.add(new ArrayList<>(List.of(whole.apply(images.get(record)))));
      }
      for (int epoch = 1; epoch <= 9; epoch++) {
        FloatBuffer[] seen = new FloatBuffer[3];
        for (int record = 0; record < 3; record++) {
          seen[record] = FloatBuffer.allocate(3 * 16 * 16);
          view.put(images.get(record), SampleOrder.random(5, epoch, record), seen[record]);
        }
        view.mixing().draw(16, SampleOrder.ofMixing(5, epoch, 0)).mix(seen[0], seen[2]);
        for (int record = 0; record < 3; record++) {
          rows.get(record).add(Normalization.pixels(seen[record], 16, 16));
        }
      }
    } catch (UndecodableImageException e) {
      throw new IOException(e);
    }
    return ContactSheet.png(rows);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--randAugment=9 | randAugment is none or LAYERS,MAGNITUDE, such as 2,9: 1 to 15 layers,"
            + " magnitude 0 to 10; found 9",
        "--randomErasing=2 | --randomErasing is from 0 to 1, found 2.0",
        "--mixup=-1 | --mixup is 0 for none, or above, found -1.0",
        "--cutmix=-1 | --cutmix is 0 for none, or above, found -1.0",
        "--interpolation=lanczos | ; expected one of opencv, pillow, torchvision",
      })
  void refusesWhatNoTrainingDoes(String flag, String refusal) {
    assertTrue(refusal(flag).endsWith(refusal), () -> refusal(flag));
  }

  @Test
  void refusesTwoPolicies() {
    assertEquals(
        "--randAugment=2,9 and autoaugment exclude each other; give --autoaugment=false to have"
            + " RandAugment alone",
        refusal("--randAugment=2,9", "--autoaugment"));
  }

  private String refusal(String... flags) {
    List<String> words = new ArrayList<>(List.of("--what=" + folder, "--contactSheet=sheet.png"));
    words.addAll(List.of(flags));
    InspectOptions options =
        PipelineOptionsFactory.fromArgs(words.toArray(String[]::new)).as(InspectOptions.class);
    return assertThrows(
            UsageException.class,
            () ->
                InspectJob.run(options, new PrintStream(new ByteArrayOutputStream(), true, UTF_8)))
        .getMessage();
  }
}
