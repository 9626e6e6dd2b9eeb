package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.ExpectedDigest;
import ghostbeam.transforms.source.Inputs;
import ghostbeam.transforms.source.SourceFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The images of one split of a source, none of them read yet.
 *
 * <p>An image is a file exactly one level below a class folder, or with a labels file one that it
 * names, whatever its name ends in: whether it is one is for its bytes to say. Other files (a
 * licence at the top, hidden files, links) are only counted.
 *
 * @param classes names in byte order; a label is a position in it
 * @param images in byte order of their keys, which are unique
 * @param skipped the source's other files
 * @param unseen those of them that are hidden, or links or devices in an archive
 */
public record ImageListing(List<String> classes, List<ImageRef> images, long skipped, long unseen) {
  private static final List<SourceForm> FORMS = List.of(new ClassFolders(), new FlatImages());

  /**
   * Lists a split. Reads archives' directories and headers, never an image, but for an expected
   * digest, which takes the whole archive.
   *
   * @throws IOException if there is no such source or split, or fewer than two classes, or a name
   *     that no honest source holds, or labels do not fit; the message says which and what to do
   */
  public static ImageListing of(Storage storage, ImageSource source) throws IOException {
    List<String> inputs = Inputs.expand(storage, source.inputs());
    checkDigest(storage, source, inputs);
    List<SourceListing> listings = new ArrayList<>();
    for (String input : inputs) {
      SourceListing listing = SourceListing.of(storage, input);
      requireNoLinksToNowhere(listing);
      listings.add(listing);
    }
    ClassList given = ClassList.read(storage, source.classes());
    SourceForm form = FORMS.stream().filter(f -> f.fits(source)).findFirst().orElseThrow();
    List<SourceFile> images = form.images(storage, source, listings, given);
    long seen = listings.stream().mapToLong(l -> l.files().size() + l.skipped()).sum();
    long unseen = listings.stream().mapToLong(SourceListing::skipped).sum();
    return sorted(source, given, images, seen, unseen);
  }

  /** What they stood for would be missing from the dataset without a word. */
  private static void requireNoLinksToNowhere(SourceListing listing) throws UnfitSourceException {
    if (!listing.nowhere().isEmpty()) {
      throw new UnfitSourceException(
          "%s is a link to what is not there, one of %d in %s; mend or remove them"
              .formatted(listing.nowhere().get(0), listing.nowhere().size(), listing.input()));
    }
  }

  private static void checkDigest(Storage storage, ImageSource source, List<String> inputs)
      throws IOException {
    if (source.expectedDigest().isEmpty()) {
      return;
    }
    if (inputs.size() != 1 || !storage.exists(inputs.get(0))) {
      throw new UnfitSourceException(
          source.uri() + " is not one archive; --expectDigest is of one .zip or .tar");
    }
    ExpectedDigest.parse(source.expectedDigest()).check(storage, inputs.get(0));
  }

  private static ImageListing sorted(
      ImageSource source, ClassList given, List<SourceFile> files, long seen, long unseen)
      throws IOException {
    files.sort(Comparator.comparing(SourceFile::path, Storage.BYTE_ORDER));
    requireUnique(files);
    List<String> classes = given.isEmpty() ? classes(files) : given.ranked();
    requireClasses(source, classes);
    Map<String, Integer> ranks = new HashMap<>();
    classes.forEach(name -> ranks.put(name, ranks.size()));
    List<ImageRef> images = new ArrayList<>(files.size());
    for (SourceFile file : files) {
      Integer rank = ranks.get(classOf(file));
      if (rank == null) {
        throw new UnfitSourceException(
            String.format(
                "%s holds %s, but %s does not list the class %s",
                file.extent().uri(), file.path(), source.classes(), classOf(file)));
      }
      images.add(new ImageRef(file.path(), rank, file.extent()));
    }
    return new ImageListing(classes, images, seen - images.size(), unseen);
  }

  private static List<String> classes(List<SourceFile> files) {
    TreeSet<String> classes = new TreeSet<>(Storage.BYTE_ORDER);
    files.forEach(file -> classes.add(classOf(file)));
    return List.copyOf(classes);
  }

  private static String classOf(SourceFile file) {
    return file.path().substring(0, file.path().indexOf('/'));
  }

  private static void requireUnique(List<SourceFile> sorted) throws IOException {
    for (int i = 1; i < sorted.size(); i++) {
      SourceFile file = sorted.get(i);
      SourceFile before = sorted.get(i - 1);
      if (file.path().equals(before.path())) {
        throw new UnfitSourceException(
            before.extent().uri().equals(file.extent().uri())
                ? file.extent().uri() + " holds " + file.path() + " twice; pack it again"
                : String.format(
                    "%s and %s both hold %s; give one of them",
                    before.extent().uri(), file.extent().uri(), file.path()));
      }
    }
  }

  private static void requireClasses(ImageSource source, List<String> classes) throws IOException {
    if (classes.size() < 2) {
      throw new UnfitSourceException(
          source.uri()
              + (classes.isEmpty()
                  ? " has no images in class folders; expected <class>/<image>, as ImageNet has, or"
                      + " --labels for images in one folder"
                  : " has only the class " + classes.get(0) + "; a classifier needs at least two"));
    }
  }
}
