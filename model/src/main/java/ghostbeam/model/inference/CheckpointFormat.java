package ghostbeam.model.inference;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.torchscript.Precision;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Our own checkpoints. */
final class CheckpointFormat implements ModelFormat {
  @Override
  public List<String> suffixes() {
    return List.of(Checkpoint.SUFFIX);
  }

  @Override
  public boolean isFoundInFolders() {
    return true;
  }

  @Override
  public ModelFile read(String path, byte[] file, Viewing viewing) throws IOException {
    CheckpointInfo info = Checkpoint.info(path, file);
    return new ModelFile(
        ModelInfo.of(info),
        new Loader(Classifier.bytes(info.architecture(), viewing.slots())),
        Optional.empty());
  }

  private record Loader(long memoryBytes) implements ModelLoader {
    @Override
    public Classifier load(String path, byte[] file, Precision precision) throws IOException {
      return Classifier.load(Checkpoint.of(path, file), precision);
    }
  }
}
