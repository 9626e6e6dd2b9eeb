package ghostbeam.transforms.zip;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Container;
import ghostbeam.transforms.source.Packing;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A zip or zip64, listed in a few requests from the central directory at its end. */
public final class Zip implements Container {

  @Override
  public String title() {
    return "a .zip";
  }

  @Override
  public boolean matchesName(String input, Optional<Storage.Entry> object) {
    return object.isPresent() && input.toLowerCase(Locale.ROOT).endsWith(".zip");
  }

  @Override
  public boolean matchesStart(byte[] start) {
    return start.length > 4
        && start[0] == 'P'
        && start[1] == 'K'
        && ((start[2] == 3 && start[3] == 4) || (start[2] == 5 && start[3] == 6));
  }

  @Override
  public Contents list(Storage storage, Storage.Entry input) throws IOException {
    return ZipDirectory.list(storage, input);
  }

  @Override
  public List<Packing> packings() {
    return List.of(ZipEntryPacking.values());
  }
}
