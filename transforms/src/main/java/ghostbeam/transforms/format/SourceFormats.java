package ghostbeam.transforms.format;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Clutter;
import ghostbeam.transforms.source.SourceRemedy;
import ghostbeam.transforms.source.UnfitSourceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which streamed forms there are, and which one a source's files have. */
public final class SourceFormats {
  /** All of them. */
  private static final List<StreamedFormat> ALL =
      List.of(new WebDataset(), new ParquetFiles(), new TfRecords());

  /** In place of a form's name: the one that is told by content. */
  public static final String AUTO = "auto";

  /** In place of a form's name: class folders, which are read in place rather than streamed. */
  public static final String FOLDERS = "folders";

  /** Series of files that are looked into before a source is taken for class folders. */
  private static final int LOOKED_INTO = 32;

  /** Files of a series that are looked into, since the first may be empty. */
  private static final int FIRST_FILES = 2;

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private SourceFormats() {}

  /** The forms that can be asked for. */
  public static List<String> names() {
    List<String> names = new ArrayList<>(List.of(AUTO, FOLDERS));
    ALL.forEach(form -> names.add(form.name()));
    return names;
  }

  public static StreamedFormat of(String name) {
    return ALL.stream().filter(form -> form.name().equals(name)).findFirst().orElseThrow();
  }

  /**
   * The files of a source that have a form, all of the same.
   *
   * @param form empty where no file has one
   * @param files in byte order of their paths
   * @param others how many have not
   */
  public record Sorted(Optional<StreamedFormat> form, List<Storage.Entry> files, long others) {}

  /**
   * Tells the form of files. Those whose names differ only in numbers are a series, of which the
   * first speaks for all.
   *
   * @param source what to call them in a message
   * @param format one of {@link #names}, not {@link #FOLDERS}
   * @throws UnfitSourceException where files have two forms, or one lies beside folders of images,
   *     or none has the one that was asked for
   */
  public static Sorted sort(
      Storage storage, String source, List<Storage.Entry> files, String format) throws IOException {
    Map<StreamedFormat, List<Storage.Entry>> found = found(storage, files, format);
    if (found.size() > 1) {
      throw new UnfitSourceException(
          source
              + " holds "
              + found.entrySet().stream()
                  .map(e -> e.getKey().title() + " (" + e.getValue().get(0).path() + ")")
                  .collect(Collectors.joining(" and ")),
          SourceRemedy.CHOOSE_FORMAT.with(
              found.keySet().stream().map(StreamedFormat::name).collect(Collectors.joining(" or "))));
    }
    if (found.isEmpty() && !format.equals(AUTO)) {
      throw new UnfitSourceException(
          "%s holds no %s, looked for in %d files%s"
              .formatted(
                  source,
                  of(format).title(),
                  files.size(),
                  files.isEmpty() ? "" : ", the first of them " + files.get(0).path()));
    }
    Optional<StreamedFormat> form = found.keySet().stream().findFirst();
    List<Storage.Entry> fitting = form.map(found::get).orElse(List.of());
    if (format.equals(AUTO) && form.isPresent()) {
      refuseImages(source, form.get(), fitting.get(0), files);
    }
    return new Sorted(
        form,
        fitting.stream().sorted(Storage.BY_PATH).toList(),
        files.size() - (long) fitting.size());
  }

  /** Whether any of some files may be of a streamed form, as {@link #sort} would find. */
  public static boolean areAmong(Storage storage, List<Storage.Entry> files) throws IOException {
    return !found(storage, files, AUTO).isEmpty();
  }

  private static Map<StreamedFormat, List<Storage.Entry>> found(
      Storage storage, List<Storage.Entry> files, String format) throws IOException {
    Map<StreamedFormat, List<Storage.Entry>> found = new LinkedHashMap<>();
    int looked = 0;
    for (List<Storage.Entry> series : series(files)) {
      if (format.equals(AUTO) && found.isEmpty() && looked++ >= LOOKED_INTO) {
        break;
      }
      if (!found.isEmpty() && isOfImages(series)) {
        break; // images are many, and what they are is known by their names
      }
      for (StreamedFormat form : ALL) {
        if ((format.equals(AUTO) || form.name().equals(format)) && fits(storage, form, series)) {
          found.computeIfAbsent(form, key -> new ArrayList<>()).addAll(series);
        }
      }
    }
    return found;
  }

  /** A stray table or record file beside class folders must not stand for all of them. */
  private static void refuseImages(
      String source, StreamedFormat form, Storage.Entry fitting, List<Storage.Entry> files)
      throws UnfitSourceException {
    int top = commonFolder(files).length();
    for (Storage.Entry file : files) {
      if (isImageInFolder(file.path().substring(top))) {
        throw new UnfitSourceException(
            "%s holds %s (%s) and images (%s)"
                .formatted(source, form.title(), fitting.path(), file.path()),
            SourceRemedy.CHOOSE_FORMAT.with(form.name() + " or " + FOLDERS));
      }
    }
  }

  /** Whether a path, relative to its source, is that of an image as class folders have them. */
  public static boolean isImageInFolder(String path) {
    return path.contains("/") && Clutter.namedAsImage(path) && Clutter.of(path).isEmpty();
  }

  /** The innermost folder that holds them all, with its last {@code /}; at least one is given. */
  public static String commonFolder(List<Storage.Entry> files) {
    String first = files.get(0).path();
    int length = first.lastIndexOf('/') + 1;
    for (Storage.Entry file : files) {
      while (!file.path().startsWith(first.substring(0, length))) {
        length = first.lastIndexOf('/', length - 2) + 1;
      }
    }
    return first.substring(0, length);
  }

  private static boolean fits(Storage storage, StreamedFormat form, List<Storage.Entry> series)
      throws IOException {
    for (Storage.Entry file : series.subList(0, Math.min(FIRST_FILES, series.size()))) {
      if (file.bytes() != 0 && form.fits(storage, file)) {
        return true;
      }
    }
    return false;
  }

  /** Those that look like images come last, and are so many that most are never looked into. */
  private static List<List<Storage.Entry>> series(List<Storage.Entry> files) {
    Map<String, List<Storage.Entry>> series = new TreeMap<>();
    for (Storage.Entry file : files) {
      series
          .computeIfAbsent(NUMBER.matcher(file.path()).replaceAll("0"), key -> new ArrayList<>())
          .add(file);
    }
    return series.values().stream().sorted(Comparator.comparing(SourceFormats::isOfImages)).toList();
  }

  private static boolean isOfImages(List<Storage.Entry> series) {
    return Clutter.namedAsImage(series.get(0).path());
  }
}
