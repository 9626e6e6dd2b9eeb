package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.SourceFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Images whose class is the name of the folder they lie in. */
final class ClassFolders implements SourceForm {

  @Override
  public boolean fits(ImageSource source) {
    return source.labels().isEmpty();
  }

  @Override
  public List<SourceFile> images(
      Storage storage, ImageSource source, List<SourceListing> inputs, ClassList given)
      throws IOException {
    List<SourceFile> images = new ArrayList<>();
    for (SourceListing input : inputs) {
      images.addAll(images(input, source.split(), inputs.size() > 1));
    }
    return images;
  }

  /**
   * The images of one input.
   *
   * @param several whether the source has other inputs too; then an archive without any folder is
   *     one class, called as the archive
   */
  private static List<SourceFile> images(SourceListing listing, String split, boolean several)
      throws IOException {
    List<String> paths = listing.files().stream().map(SourceFile::path).toList();
    boolean oneClass =
        several && listing.archive() && paths.stream().noneMatch(path -> path.indexOf('/') >= 0);
    String top = oneClass ? "" : SplitLayout.classesFolder(listing.input(), paths, split);
    String before = oneClass ? FileNames.stem(listing.input()) + "/" : "";
    List<SourceFile> images = new ArrayList<>(paths.size());
    for (SourceFile file : listing.files()) {
      if (file.path().startsWith(top)) {
        String key = before + file.path().substring(top.length());
        int slash = key.indexOf('/');
        if (slash > 0 && slash == key.lastIndexOf('/') && slash < key.length() - 1) {
          images.add(key.equals(file.path()) ? file : file.at(key));
        }
      }
    }
    if (images.isEmpty()) {
      throw new UnfitSourceException(noImages(listing, top));
    }
    return images;
  }

  private static String noImages(SourceListing listing, String top) {
    String where = listing.input() + (top.isEmpty() ? "" : " (in " + top + ")");
    boolean tars = listing.files().stream().anyMatch(file -> file.path().endsWith(".tar"));
    return where
        + " has no images in class folders; expected <class>/<image>, as ImageNet has"
        + (tars && !listing.archive()
            ? ", or --input=" + listing.input() + "/*.tar for a tar of each class"
            : ", or --labels for images in one folder");
  }
}
