package ghostbeam.transforms.ingest;

import ghostbeam.transforms.source.Clutter;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InputPath;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SkippedFiles;
import ghostbeam.transforms.source.SourceFile;
import ghostbeam.transforms.source.SourceRemedy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The location of one split in an input. If folders at any depth are named like splits, such as
 * {@code train} and {@code val}, only the requested one is read; otherwise the whole input is one
 * split.
 *
 * @param split the split's folder, or the whole input
 * @param otherSplits paths of the other splits' folders
 */
record SplitLayout(SourceListing listing, FolderTree split, List<String> otherSplits) {
  private static final int SHOWN = 3;

  /** Names of splits; a folder named exactly as requested takes precedence over a synonym. */
  private enum Name {
    TRAIN("train|training"),
    VAL("val|validation|valid"),
    TEST("test|testing");

    private final String names;

    Name(String names) {
      this.names = names;
    }

    static Optional<Name> of(String folder) {
      String plain = folder.toLowerCase(Locale.ROOT);
      return Arrays.stream(values()).filter(name -> plain.matches(name.names)).findFirst();
    }
  }

  /**
   * Finds the split.
   *
   * @throws InvalidSourceException if the input has splits but not this one, or has it more than
   *     once
   */
  static SplitLayout of(SourceListing listing, String requested) throws InvalidSourceException {
    FolderTree top =
        FolderTree.of(
            listing.files().stream()
                .map(SourceFile::path)
                .filter(path -> Clutter.of(path).isEmpty())
                .toList());
    List<FolderTree> splits = new ArrayList<>();
    collectSplits(top, splits);
    if (splits.isEmpty()) {
      return new SplitLayout(listing, top, List.of());
    }
    FolderTree split = choose(listing, splits, requested);
    List<String> others =
        splits.stream().filter(other -> other != split).map(FolderTree::path).toList();
    return new SplitLayout(listing, split, others);
  }

  private static void collectSplits(FolderTree folder, List<FolderTree> splits) {
    boolean classes =
        ClassSet.isOne(folder) && !folder.names().stream().allMatch(SplitLayout::isName);
    boolean deep = folder.folders().stream().anyMatch(child -> isNamed(child) && !child.isLeaf());
    boolean onlySplits =
        (folder.path().isEmpty() || folder.files() == 0) // else the folder may be a class
            && folder.folders().stream().allMatch(SplitLayout::isNamed);
    for (FolderTree child : folder.folders()) {
      boolean split = !classes && isNamed(child) && !wraps(child) && (deep || onlySplits);
      if (split) {
        splits.add(child);
      } else {
        collectSplits(child, splits);
      }
    }
  }

  /** Whether two names mean the same split. */
  static boolean same(String one, String other) {
    return one.equals(other) || (isName(one) && Name.of(one).equals(Name.of(other)));
  }

  private static boolean isName(String name) {
    return Name.of(name).isPresent();
  }

  private static boolean isNamed(FolderTree folder) {
    return isName(name(folder));
  }

  private static String name(FolderTree folder) {
    return FileNames.last(folder.path().substring(0, folder.path().length() - 1));
  }

  /** Whether a folder named like a split contains whole splits. */
  private static boolean wraps(FolderTree folder) {
    return folder.files() == 0
        && !folder.isLeaf()
        && folder.folders().stream().allMatch(child -> isNamed(child) && !child.isLeaf());
  }

  private static FolderTree choose(SourceListing listing, List<FolderTree> splits, String requested)
      throws InvalidSourceException {
    List<FolderTree> found = withName(splits, name -> name.equals(requested));
    if (found.isEmpty()) {
      found = withName(splits, name -> name.equalsIgnoreCase(requested));
    }
    if (found.isEmpty()) {
      found = withName(splits, name -> same(name, requested));
    }
    found = FolderTree.byImages(found);
    if (found.isEmpty()) {
      TreeSet<String> names = new TreeSet<>();
      splits.forEach(split -> names.add(name(split)));
      throw new InvalidSourceException(
          String.format(
              "%s has no split %s with class folders%s; it has %s",
              listing.input(), requested, unfollowed(listing), String.join(", ", names)),
          SourceRemedy.CHOOSE_SPLIT.with());
    }
    if (found.size() > 1) {
      throw new InvalidSourceException(
          String.format(
              "%s has the split %s more than once (%s)", listing.input(), requested, paths(found)),
          SourceRemedy.ONE_FOLDER.with(listing.input().within(found.get(0).path())));
    }
    return found.get(0);
  }

  /** A hint that an archive's links, which are not followed, may be the missing images. */
  private static String unfollowed(SourceListing listing) {
    return listing.links() == 0
        ? ""
        : "; its %d links or devices are not read: pack it again without them, such as with tar -h"
            .formatted(listing.links());
  }

  private static List<FolderTree> withName(List<FolderTree> splits, Predicate<String> name) {
    return splits.stream().filter(split -> name.test(name(split))).toList();
  }

  private static String paths(List<FolderTree> folders) {
    return folders.stream()
            .limit(SHOWN)
            .map(FolderTree::path)
            .map(FileNames::shown)
            .collect(Collectors.joining(", "))
        + (folders.size() > SHOWN ? ", …" : "");
  }

  /** The input as it was given. */
  InputPath input() {
    return listing.input();
  }

  /** Whether the input is an archive. */
  boolean archive() {
    return listing.archive();
  }

  List<SourceFile> files() {
    return listing.files();
  }

  /** The split's only folder with files; empty if there are several or none. */
  Optional<FolderTree> flat() {
    return split.only();
  }

  /**
   * The set of class folders.
   *
   * @throws InvalidSourceException if there is none or more than one
   */
  ClassSet classes() throws InvalidSourceException {
    List<ClassSet> sets = ClassSet.in(split);
    if (sets.size() > 1) {
      List<FolderTree> withImages =
          FolderTree.byImages(sets.stream().map(ClassSet::folder).toList());
      sets = sets.stream().filter(set -> withImages.contains(set.folder())).toList();
    }
    if (sets.isEmpty()) {
      throw noImages();
    }
    if (sets.size() > 1) {
      List<FolderTree> folders = sets.stream().map(ClassSet::folder).toList();
      throw new InvalidSourceException(
          String.format(
              "%s has class folders in %d places (%s)", input(), sets.size(), paths(folders)),
          SourceRemedy.ONE_FOLDER.with(input().within(folders.get(0).path())));
    }
    return sets.get(0);
  }

  private InvalidSourceException noImages() {
    String where = split.path().isEmpty() ? "" : " (in " + split.path() + ")";
    boolean tars = files().stream().anyMatch(file -> file.path().endsWith(".tar"));
    return new InvalidSourceException(
        input()
            + where
            + " has no images in class folders; expected <class>/<image>, as ImageNet has",
        tars && !archive()
            ? SourceRemedy.TARS_OF_CLASSES.with(input())
            : SourceRemedy.LABELS_FILE.with());
  }

  /**
   * Divides the input's files into the split's images, which are returned, and skipped files.
   *
   * @param key from an image's path to its key, or to null if it is not an image of the split
   */
  List<SourceFile> images(Function<String, String> key, SkippedFiles skippedFiles) {
    skippedFiles.add(Clutter.LINK, listing.links());
    List<SourceFile> images = new ArrayList<>();
    for (SourceFile file : listing.files()) {
      String path = file.path();
      Optional<Clutter> clutter = Clutter.of(path);
      if (otherSplits.stream().anyMatch(path::startsWith)) {
        skippedFiles.add(Clutter.OTHER_SPLIT, path);
      } else if (clutter.isPresent()) {
        skippedFiles.add(clutter.get(), path);
      } else {
        String image = key.apply(path);
        if (image == null) {
          skippedFiles.add(Clutter.OUTSIDE, path);
        } else {
          images.add(image.equals(path) ? file : file.at(image));
        }
      }
    }
    return images;
  }
}
