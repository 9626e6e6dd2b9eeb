package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Clutter;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SkippedFiles;
import ghostbeam.transforms.source.SourceFile;
import ghostbeam.transforms.source.SourceRemedy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Images in class folders, the folder's name being the class. If every class folder has one
 * subfolder of the same name with all its images, as in Tiny ImageNet, that subfolder is descended
 * into. Anything else below a class folder is refused, not ignored.
 */
final class ClassFolders implements SourceLayout {

  @Override
  public boolean fits(ImageSource source, List<SplitLayout> inputs) {
    return source.labels().isEmpty();
  }

  @Override
  public Found images(
      Storage storage, ImageSource source, List<SplitLayout> inputs, ClassList given)
      throws IOException {
    List<SourceFile> images = new ArrayList<>();
    SkippedFiles skippedFiles = new SkippedFiles();
    ClassNumbers numbers = new ClassNumbers(source, given);
    for (SplitLayout input : inputs) {
      boolean flatArchive = inputs.size() > 1 && input.archive() && input.split().path().isEmpty();
      images.addAll(
          flatArchive && input.split().isLeaf() && input.split().files() > 0
              ? oneClass(input, numbers, skippedFiles)
              : classes(input, numbers, skippedFiles));
    }
    numbers.requireOffset();
    return new Found(images, skippedFiles, numbers.origin());
  }

  /** One of several inputs is an archive without folders: its images are one class. */
  private static List<SourceFile> oneClass(
      SplitLayout input, ClassNumbers numbers, SkippedFiles skippedFiles)
      throws InvalidSourceException {
    String archive = input.input().name();
    String name = numbers.named(input, List.of(archive)).get(archive);
    return input.images(path -> name + "/" + path, skippedFiles);
  }

  private static List<SourceFile> classes(
      SplitLayout input, ClassNumbers numbers, SkippedFiles skippedFiles)
      throws InvalidSourceException {
    ClassSet set = input.classes();
    requireNothingDeeper(input, set);
    requireImagesOfEach(input, set);
    Map<String, String> named = numbers.named(input, set.folder().names());
    String top = set.folder().path();
    Map<String, String> classes = new HashMap<>();
    named.forEach((folder, name) -> classes.put(set.imagesOf(folder), name));
    return input.images(
        path -> {
          String name = classes.get(path.substring(0, path.lastIndexOf('/') + 1));
          return name == null
              ? null
              : top.isEmpty() && set.within().isEmpty() && path.startsWith(name + "/")
                  ? path
                  : name + "/" + FileNames.last(path);
        },
        skippedFiles);
  }

  private static void requireNothingDeeper(SplitLayout input, ClassSet set)
      throws InvalidSourceException {
    if (set.deeper() > 0) {
      String example = set.exampleDeeper();
      int end = example.indexOf('/', set.folder().path().length());
      throw new InvalidSourceException(
          String.format(
              "%s has %d files below its class folders, such as %s; expected <class>/<image>: move"
                  + " them up or away",
              input.input(), set.deeper(), FileNames.shown(example)),
          SourceRemedy.DEEPER_FOLDER.with(input.input().within(example.substring(0, end + 1))));
    }
  }

  /** A sibling of class folders with files but no images is a class without images or a mistake. */
  private static void requireImagesOfEach(SplitLayout input, ClassSet set)
      throws InvalidSourceException {
    String top = set.folder().path();
    TreeSet<String> without = new TreeSet<>(Storage.BYTE_ORDER);
    Map<String, String> examples = new HashMap<>();
    for (SourceFile file : input.files()) {
      String path = file.path();
      int slash = path.startsWith(top) ? path.indexOf('/', top.length()) : -1;
      if (slash > 0 && slash < path.length() - 1) {
        String name = path.substring(top.length(), slash);
        if (!set.folder().names().contains(name) && Clutter.ofFolder(name).isEmpty()) {
          without.add(name);
          examples.putIfAbsent(name, path);
        }
      }
    }
    if (!without.isEmpty()) {
      String first = without.first();
      throw new InvalidSourceException(
          String.format(
              "%s has %d folders beside its classes without any image, such as %s (with %s); a class"
                  + " needs images: move the folder away, or give the image files names of images",
              input.input(),
              without.size(),
              FileNames.shown(top + first),
              FileNames.shown(FileNames.last(examples.get(first)))));
    }
  }
}
