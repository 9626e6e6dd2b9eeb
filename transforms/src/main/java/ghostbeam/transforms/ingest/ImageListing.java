package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.source.Clutter;
import ghostbeam.transforms.source.ExpectedDigest;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InputPath;
import ghostbeam.transforms.source.Inputs;
import ghostbeam.transforms.source.SkippedFiles;
import ghostbeam.transforms.source.SourceFile;
import ghostbeam.transforms.source.SourceRemedy;
import ghostbeam.transforms.source.UnfitSourceException;
import java.io.IOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The images of one split of a source, none of them read yet.
 *
 * <p>An image is a file exactly one level below a class folder, or with a labels file one that it
 * names, unless its name says that it is none, as {@code .txt} does: whether it is one is for its
 * bytes to say. Every other file is left out and counted, or refused.
 *
 * @param classes names in label order; a label is a position in it
 * @param images in byte order of their keys, which are unique
 * @param leftOut the source's other files
 * @param labels how labels were got, such as {@code folder names, in byte order}
 */
public record ImageListing(
    List<String> classes, List<ImageRef> images, SkippedFiles leftOut, String labels) {
  private static final List<SourceLayout> FORMS =
      List.of(new NamedImages(), new FlatImages(), new ClassFolders());

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
    if (source.refusesStreams() && inputs.stream().noneMatch(input -> input.contains("!/"))) {
      requireNoStreams(storage, source, listings);
    }
    List<SplitLayout> layouts = new ArrayList<>();
    for (SourceListing listing : listings) {
      layouts.add(SplitLayout.of(listing, source.split()));
    }
    ClassList given = ClassList.read(storage, source.classes());
    SourceLayout form = FORMS.stream().filter(f -> f.fits(source, layouts)).findFirst().orElseThrow();
    return sorted(source, given, form.images(storage, source, layouts, given));
  }

  /** How many files of the source are no images of the split. */
  public long skipped() {
    return leftOut.total();
  }

  /** Whoever took it for class folders need not have seen all of its files. */
  private static void requireNoStreams(
      Storage storage, ImageSource source, List<SourceListing> listings) throws IOException {
    List<SourceFile> files =
        listings.stream()
            .filter(listing -> !listing.archive())
            .flatMap(listing -> listing.files().stream())
            .toList();
    if (files.stream().anyMatch(file -> !Clutter.namedAsImage(file.path()) && isSeen(file))) {
      List<Storage.Entry> seen =
          files.stream().filter(ImageListing::isSeen).map(file -> file.extent().object()).toList();
      SourceFormats.detect(storage, source.uri(), seen, SourceFormats.AUTO);
    }
  }

  private static boolean isSeen(SourceFile file) {
    return !FileNames.isHidden(file.path());
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
    List<String> archives =
        inputs.stream().map(input -> InputPath.parse(input).container()).distinct().toList();
    if (archives.size() != 1 || !storage.exists(archives.get(0))) {
      throw new UnfitSourceException(
          source.uri() + " is not one archive; the expected digest is of one .zip or .tar");
    }
    ExpectedDigest.parse(source.expectedDigest()).check(storage, archives.get(0));
  }

  private static ImageListing sorted(ImageSource source, ClassList given, SourceLayout.Found found)
      throws IOException {
    List<SourceFile> files = found.images();
    files.sort(Comparator.comparing(SourceFile::path, Storage.BYTE_ORDER));
    requireUnique(files);
    Set<String> shown = new HashSet<>();
    files.forEach(file -> shown.add(classOf(file)));
    boolean byNumber = found.origin() == SourceLayout.Origin.FOLDER_NUMBERS;
    List<String> classes =
        given.isEmpty() ? ClassList.ranked(shown) : given.over(shown).labels(byNumber);
    requireClasses(source, classes);
    requireApart(source, classes);
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
    String labels = found.origin().title() + ", " + ClassList.order(classes);
    return new ImageListing(classes, images, found.leftOut(), labels);
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

  /** Else the images of a folder that was copied by way of a Mac would be a class of their own. */
  private static void requireApart(ImageSource source, List<String> classes)
      throws UnfitSourceException {
    Map<String, String> composed = new HashMap<>();
    for (String name : classes) {
      String before = composed.put(Normalizer.normalize(name, Normalizer.Form.NFC), name);
      if (before != null) {
        throw new UnfitSourceException(
            "%s has the class %s twice, its letters composed (NFC) and not (NFD, as macOS writes them); give both folders one name"
                .formatted(source.uri(), FileNames.shown(name)));
      }
    }
  }

  private static void requireClasses(ImageSource source, List<String> classes) throws IOException {
    if (classes.size() < 2) {
      throw new UnfitSourceException(
          source.uri()
              + (classes.isEmpty()
                  ? " has no images in class folders; expected <class>/<image>, as ImageNet has"
                  : " has only the class " + classes.get(0) + "; a classifier needs at least two"),
          SourceRemedy.LABELS_FILE.with());
    }
  }
}
