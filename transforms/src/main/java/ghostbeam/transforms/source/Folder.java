package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files in a folder at any depth, each an object. */
public final class Folder implements Container {
  private static final Packing PACKING = new Packing.Stored(0, true);

  @Override
  public String title() {
    return "a folder";
  }

  @Override
  public boolean matchesName(String input, Optional<Storage.Entry> object) {
    return object.isEmpty();
  }

  @Override
  public Contents list(Storage storage, Storage.Entry input) throws IOException {
    String folder = input.path();
    String top = Storage.resolve(folder, "");
    List<String> danglingLinks = new ArrayList<>();
    List<SourceFile> files = new ArrayList<>();
    for (Storage.Entry entry : storage.list(folder, danglingLinks::add)) {
      if (!entry.path().startsWith(top)) {
        throw new IOException(
            entry.path() + " was listed below " + folder + "; give the folder's absolute path");
      }
      String path = entry.path().substring(top.length());
      FileNames.requireSafe(folder, path);
      files.add(new SourceFile(path, Extent.stored(entry, 0, entry.bytes(), PACKING)));
    }
    return new Contents(files, 0, danglingLinks);
  }

  @Override
  public List<Packing> packings() {
    return List.of(PACKING);
  }
}
