package ghostbeam.model.inference;

import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.torchscript.ModuleArchive;
import ghostbeam.model.torchscript.ModuleCard;
import ghostbeam.model.torchscript.Precision;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * TorchScript modules, from images to logits, traced or scripted by anybody. Modules that this
 * project exported have a card with their metadata. A module is code, and reading it runs that
 * code.
 */
final class ModuleFormat implements ModelFormat {
  /** The view of modules that do not declare one. */
  private static final ValidationView DEFAULT_VIEW =
      new ValidationView(224, 0.875, Interpolation.TORCHVISION);

  @Override
  public List<String> suffixes() {
    return List.of(".pt", ".pth", ".torchscript", ".ts", ".jit");
  }

  /** Code must not run merely because it lies in a folder. */
  @Override
  public boolean isFoundInFolders() {
    return false;
  }

  @Override
  public ModelFile read(String path, byte[] file, Viewing viewing) throws IOException {
    ModuleArchive archive = ModuleArchive.read(path, file);
    Optional<ModuleCard> card = archive.card();
    ModuleInput input = card.isPresent() ? new ModuleInput.Samples() : viewing.input();
    ValidationView own = card.map(c -> c.info().preprocessing()).orElse(DEFAULT_VIEW);
    int side = viewing.view().apply(own).inputSize();
    ModelRemedy remedy = card.isPresent() ? ModelRemedy.OWN_SIZE : ModelRemedy.DESCRIBE_INPUT;
    ModuleTrial.Found found = ModuleTrial.of(path, file, input, side, remedy);
    ModelInfo info =
        card.isPresent() ? ours(path, card.get(), input, found) : foreign(input, found);
    long bytes = archive.unpackedBytes() + archive.unpackedBytes() / 4;
    return new ModelFile(
        info,
        new Loader(input, found.classes(), file.length + viewing.slots() * bytes),
        Optional.of(card.map(ModuleCard::precision).orElse(Precision.FLOAT32)));
  }

  private static ModelInfo ours(
      String path, ModuleCard card, ModuleInput input, ModuleTrial.Found found) throws IOException {
    if (card.info().classes().size() != found.classes()) {
      throw new IOException(
          "%s says that it has %d classes, but returns %d logits"
              .formatted(path, card.info().classes().size(), found.classes()));
    }
    return ModelInfo.of(card.info()).as(new ModelInfo.Module(input, card.precision().title()));
  }

  private static ModelInfo foreign(ModuleInput input, ModuleTrial.Found found) {
    return new ModelInfo(
        "TorchScript module",
        Optional.empty(),
        CheckpointInfo.Training.NONE,
        IntStream.range(0, found.classes()).mapToObj(Integer::toString).toList(),
        DEFAULT_VIEW,
        found.parameters(),
        Optional.of(new ModelInfo.Module(input, "module's own")));
  }

  private record Loader(ModuleInput input, int classes, long memoryBytes) implements ModelLoader {
    @Override
    public Classifier load(String path, byte[] file, Precision precision) {
      return Classifier.of(path, file, input, classes);
    }
  }
}
