package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.SourceFile;
import java.io.IOException;
import java.util.List;

/**
 * A way in which people keep a split: where its images are, and what says their classes. A new one
 * is a class and a line where {@link ImageListing} lists them.
 */
interface SourceForm {

  /** Whether a source is told to have this form. */
  boolean fits(ImageSource source);

  /**
   * The split's images of all inputs, their paths made keys: {@code <class>/<image>}, in no order.
   *
   * @param given the classes there are, if that was said
   * @throws IOException if the inputs have another form than this, or lack the split
   */
  List<SourceFile> images(
      Storage storage, ImageSource source, List<SourceListing> inputs, ClassList given)
      throws IOException;
}
