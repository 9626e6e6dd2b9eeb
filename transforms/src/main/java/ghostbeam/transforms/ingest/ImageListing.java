package ghostbeam.transforms.ingest;

import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The images of one split of a source, none of them read yet.
 *
 * <p>An image is a file exactly one level below a class folder, whatever its name ends in: whether
 * it is one is for its bytes to say. Other files (a licence at the top, hidden files) are only
 * counted.
 *
 * @param classes names of the class folders in byte order; a label is a position in it
 * @param images in byte order of their keys, which are unique
 * @param skipped files of the source's split or top that are not images
 */
public record ImageListing(List<String> classes, List<ImageRef> images, long skipped) {
  private static final Comparator<String> BYTE_ORDER =
      Comparator.comparing(text -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  /**
   * Lists a split.
   *
   * @param input a folder's or zip's absolute path or URI
   * @param split {@code train} or {@code val}; of a source without such folders, all of it
   * @throws IOException if there is no such source or split, or fewer than two classes, or a name
   *     that no honest source holds; the message says which and what to do
   */
  public static ImageListing of(Storage storage, String input, String split) throws IOException {
    List<SourceFile> all = files(storage, input);
    List<SourceFile> files = new ArrayList<>(all.size());
    for (SourceFile file : all) {
      SplitLayout.requireSafe(input, file.path());
      if (!SplitLayout.isHidden(file.path())) {
        files.add(file);
      }
    }
    List<String> paths = files.stream().map(SourceFile::path).toList();
    String top = SplitLayout.classesFolder(input, paths, split);
    return labelled(input, top, files, all.size());
  }

  private static List<SourceFile> files(Storage storage, String input) throws IOException {
    if (storage.exists(input)) {
      String name = input.toLowerCase(Locale.ROOT);
      if (name.endsWith(".zip")) {
        return ZipSource.list(storage, input);
      }
      throw new IOException(input + refusal(name));
    }
    List<SourceFile> files = SourceFile.below(storage, input);
    if (files.isEmpty()) {
      throw new IOException(
          input + " does not exist or is empty; --input takes a folder of class folders or a .zip");
    }
    return files;
  }

  private static String refusal(String name) {
    if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
      return " is a compressed tar, whose images cannot be read in place; repack it as a .zip";
    }
    if (name.endsWith(".tar")) {
      return " is a tar, which is not supported yet; unpack it or repack it as a .zip";
    }
    return " is neither a folder nor a .zip; --input takes a folder of class folders or a .zip";
  }

  private static ImageListing labelled(String input, String top, List<SourceFile> files, int listed)
      throws IOException {
    TreeMap<String, SourceFile> byKey = new TreeMap<>(BYTE_ORDER);
    TreeSet<String> classes = new TreeSet<>(BYTE_ORDER);
    for (SourceFile file : files) {
      if (file.path().startsWith(top)) {
        String key = file.path().substring(top.length());
        int slash = key.indexOf('/');
        if (slash > 0 && slash == key.lastIndexOf('/')) {
          classes.add(key.substring(0, slash));
          if (byKey.put(key, file) != null) {
            throw new IOException(input + " holds " + file.path() + " twice; pack it again");
          }
        }
      }
    }
    requireClasses(input, top, classes);
    List<String> labels = List.copyOf(classes);
    Map<String, Integer> ranks = new HashMap<>();
    labels.forEach(name -> ranks.put(name, ranks.size()));
    List<ImageRef> images = new ArrayList<>(byKey.size());
    byKey.forEach(
        (key, file) ->
            images.add(file.asImage(key, ranks.get(key.substring(0, key.indexOf('/'))))));
    return new ImageListing(labels, images, (long) listed - images.size());
  }

  private static void requireClasses(String input, String top, TreeSet<String> classes)
      throws IOException {
    String where = top.isEmpty() ? input : input + " (in " + top + ")";
    if (classes.isEmpty()) {
      throw new IOException(
          where + " has no images in class folders; expected <class>/<image>, as ImageNet has");
    }
    if (classes.size() == 1) {
      throw new IOException(
          where + " has only the class " + classes.first() + "; a classifier needs at least two");
    }
  }
}
