package ghostbeam.transforms.tar;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Container;
import ghostbeam.transforms.source.Packing;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * A tar (ustar, GNU long names, pax), or a tar of tars such as ILSVRC2012_img_train.tar, whose
 * members {@code n01440764.tar} are listed as folders {@code n01440764/}.
 */
public final class Tar implements Container {
  static final Packing PACKING = new Packing.Stored(3, false);

  @Override
  public String title() {
    return "a .tar";
  }

  @Override
  public boolean matchesName(String input, Optional<Storage.Entry> object) {
    return object.isPresent() && input.toLowerCase(Locale.ROOT).endsWith(".tar");
  }

  /** Recognises the first header of any tar dialect by its checksum. */
  @Override
  public boolean matchesStart(byte[] start) {
    if (start.length < START || start[0] == 0) {
      return false;
    }
    try {
      return TarUtils.verifyCheckSum(start);
    } catch (IllegalArgumentException e) {
      return false; // the checksum is not a number
    }
  }

  @Override
  public Contents list(Storage storage, Storage.Entry input) throws IOException {
    return new TarMembers(storage, input).list();
  }

  @Override
  public List<Packing> packings() {
    return List.of(PACKING);
  }
}
