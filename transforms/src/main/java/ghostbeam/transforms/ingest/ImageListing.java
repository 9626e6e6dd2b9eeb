package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.source.Clutter;
import ghostbeam.transforms.source.ExpectedDigest;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InputPath;
import ghostbeam.transforms.source.Inputs;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SkippedFiles;
import ghostbeam.transforms.source.SourceFile;
import ghostbeam.transforms.source.SourceRemedy;
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
 * The images of one split of a source, listed but not read.
 *
 * <p>An image is any file directly in a class folder, or named by the labels file, unless its name
 * rules that out, as {@code .txt} does; whether it can be decoded shows later. Every other file is
 * skipped and counted, or refused.
 *
 * @param classes names in label order; a label is an index into it
 * @param images in byte order of their keys, which are unique
 * @param skippedFiles the source's other files
 * @param labels where labels come from, such as {@code folder names, in byte order}
 */
public record ImageListing(
    List<String> classes, List<ImageRef> images, SkippedFiles skippedFiles, String labels) {
  private static final List<SourceLayout> LAYOUTS =
      List.of(new NamedImages(), new FlatImages(), new ClassFolders());

  /**
   * Lists a split. Reads only archives' directories and headers; verifying an expected digest reads
   * the whole archive, too.
   *
   * @throws IOException if the source or split does not exist, has fewer than two classes or an
   *     unsafe file name, or its labels do not match; the message says which and what to do
   */
  public static ImageListing of(Storage storage, ImageSource source) throws IOException {
    List<String> inputs = Inputs.expand(storage, source.inputs());
    checkDigest(storage, source, inputs);
    List<SourceListing> listings = new ArrayList<>();
    for (String input : inputs) {
      SourceListing listing = SourceListing.of(storage, input);
      requireNoDanglingLinks(listing);
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
    SourceLayout layout =
        LAYOUTS.stream().filter(l -> l.fits(source, layouts)).findFirst().orElseThrow();
    return sorted(source, given, layout.images(storage, source, layouts, given));
  }

  /** The number of {@link #skippedFiles}. */
  public long skipped() {
    return skippedFiles.total();
  }

  /** Format detection may have stopped at the first class folders, before a streamed file. */
  private static void requireNoStreams(
      Storage storage, ImageSource source, List<SourceListing> listings) throws IOException {
    List<SourceFile> files =
        listings.stream()
            .filter(listing -> !listing.archive())
            .flatMap(listing -> listing.files().stream())
            .toList();
    if (files.stream()
        .anyMatch(file -> !Clutter.hasImageExtension(file.path()) && isVisible(file))) {
      List<Storage.Entry> visible =
          files.stream().filter(ImageListing::isVisible).map(f -> f.extent().object()).toList();
      SourceFormats.detect(storage, source.uri(), visible, SourceFormats.AUTO);
    }
  }

  private static boolean isVisible(SourceFile file) {
    return !FileNames.isHidden(file.path());
  }

  /** The links' targets would silently be missing from the dataset. */
  private static void requireNoDanglingLinks(SourceListing listing) throws InvalidSourceException {
    if (!listing.danglingLinks().isEmpty()) {
      throw new InvalidSourceException(
          "%s is a dangling link, one of %d in %s; repair or remove them"
              .formatted(
                  listing.danglingLinks().get(0), listing.danglingLinks().size(), listing.input()));
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
      throw new InvalidSourceException(
          source.uri() + " is not one archive; a digest can be expected of a single .zip or .tar",
          SourceRemedy.NO_DIGEST.with());
    }
    ExpectedDigest.parse(source.expectedDigest()).check(storage, archives.get(0));
  }

  private static ImageListing sorted(ImageSource source, ClassList given, SourceLayout.Found split)
      throws IOException {
    List<SourceFile> files = split.images();
    files.sort(Comparator.comparing(SourceFile::path, Storage.BYTE_ORDER));
    requireUnique(files);
    Set<String> found = new HashSet<>();
    files.forEach(file -> found.add(classOf(file)));
    boolean byNumber = split.origin() == SourceLayout.Origin.FOLDER_NUMBERS;
    List<String> classes =
        given.isEmpty() ? ClassList.ranked(found) : given.over(found).labels(byNumber);
    requireClasses(source, classes);
    requireDistinct(source, classes);
    Map<String, Integer> ranks = new HashMap<>();
    classes.forEach(name -> ranks.put(name, ranks.size()));
    List<ImageRef> images = new ArrayList<>(files.size());
    for (SourceFile file : files) {
      Integer rank = ranks.get(classOf(file));
      if (rank == null) {
        throw new InvalidSourceException(
            String.format(
                "%s holds %s, but %s does not list the class %s",
                file.extent().uri(), file.path(), source.classes(), classOf(file)),
            SourceRemedy.RIGHT_CLASSES.with());
      }
      images.add(new ImageRef(file.path(), rank, file.extent()));
    }
    String labels = split.origin().title() + ", " + ClassList.order(classes);
    return new ImageListing(classes, images, split.skippedFiles(), labels);
  }

  private static String classOf(SourceFile file) {
    return file.path().substring(0, file.path().indexOf('/'));
  }

  private static void requireUnique(List<SourceFile> sorted) throws IOException {
    for (int i = 1; i < sorted.size(); i++) {
      SourceFile file = sorted.get(i);
      SourceFile before = sorted.get(i - 1);
      if (file.path().equals(before.path())) {
        throw new InvalidSourceException(
            before.extent().uri().equals(file.extent().uri())
                ? file.extent().uri() + " holds " + file.path() + " twice; pack it again"
                : String.format(
                    "%s and %s both hold %s; give one of them",
                    before.extent().uri(), file.extent().uri(), file.path()));
      }
    }
  }

  /** Otherwise a folder that was copied through macOS would become a second class. */
  private static void requireDistinct(ImageSource source, List<String> classes)
      throws InvalidSourceException {
    Map<String, String> composed = new HashMap<>();
    for (String name : classes) {
      String before = composed.put(Normalizer.normalize(name, Normalizer.Form.NFC), name);
      if (before != null) {
        throw new InvalidSourceException(
            "%s has the class %s twice, with letters composed (NFC) and decomposed (NFD, as on macOS); give both folders the same name"
                .formatted(source.uri(), FileNames.shown(name)));
      }
    }
  }

  private static void requireClasses(ImageSource source, List<String> classes) throws IOException {
    if (classes.size() < 2) {
      throw new InvalidSourceException(
          source.uri()
              + (classes.isEmpty()
                  ? " has no images in class folders; expected <class>/<image>, as ImageNet has"
                  : " has only the class " + classes.get(0) + "; a classifier needs at least two"),
          SourceRemedy.LABELS_FILE.with());
    }
  }
}
