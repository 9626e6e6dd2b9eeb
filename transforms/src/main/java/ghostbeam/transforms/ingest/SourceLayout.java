package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.SkippedFiles;
import ghostbeam.transforms.source.SourceFile;
import java.io.IOException;
import java.util.List;

/**
 * A way in which people keep a split: where its images are, and what says their classes. A new one
 * is a class and a line where {@link ImageListing} lists them.
 */
interface SourceLayout {

  /** Whether a source has this form. */
  boolean fits(ImageSource source, List<SplitLayout> inputs);

  /**
   * The split's images of all inputs.
   *
   * @param given the classes there are, if that was said
   * @throws IOException if the inputs have another form than this
   */
  Found images(Storage storage, ImageSource source, List<SplitLayout> inputs, ClassList given)
      throws IOException;

  /**
   * What a split has.
   *
   * @param images their paths made keys, {@code <class>/<image>}, in no order
   * @param leftOut every other file of the inputs
   * @param origin what says the classes
   */
  record Found(List<SourceFile> images, SkippedFiles leftOut, Origin origin) {}

  /** What says the class of an image. */
  enum Origin {
    FOLDER_NAMES("folder names"),
    /** Numbers that a list of classes gives names to. */
    FOLDER_NUMBERS("folder numbers, named by a list of classes"),
    FILE_NAMES("file names"),
    LABELS_FILE("a labels file");

    private final String title;

    Origin(String title) {
      this.title = title;
    }

    /** As a manifest says it. */
    String title() {
      return title;
    }
  }
}
