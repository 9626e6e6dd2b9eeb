package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.SkippedFiles;
import ghostbeam.transforms.source.SourceFile;
import java.io.IOException;
import java.util.List;

/**
 * A layout of images read in place: where a split's images are and what gives their classes. To add
 * one, write a class and list it in {@link ImageListing}.
 */
interface SourceLayout {

  /** Whether a source has this layout. */
  boolean fits(ImageSource source, List<SplitLayout> inputs);

  /**
   * The split's images in all inputs.
   *
   * @param given the list of classes, which may be empty
   * @throws IOException if the inputs break the rules of this layout
   */
  Found images(Storage storage, ImageSource source, List<SplitLayout> inputs, ClassList given)
      throws IOException;

  /**
   * A split's images.
   *
   * @param images in no order, with their keys {@code <class>/<image>} as paths
   * @param skippedFiles every other file of the inputs
   * @param origin what gives the classes
   */
  record Found(List<SourceFile> images, SkippedFiles skippedFiles, Origin origin) {}

  /** What gives an image its class. */
  enum Origin {
    FOLDER_NAMES("folder names"),
    /** Numbers, with names from a class list. */
    FOLDER_NUMBERS("folder numbers, named by a list of classes"),
    FILE_NAMES("file names"),
    LABELS_FILE("a labels file");

    private final String title;

    Origin(String title) {
      this.title = title;
    }

    /** The text in manifests. */
    String title() {
      return title;
    }
  }
}
