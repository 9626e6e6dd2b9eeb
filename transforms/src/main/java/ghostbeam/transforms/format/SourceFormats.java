package ghostbeam.transforms.format;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Clutter;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
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

/** The formats a source can have, and detection of streamed ones. */
public final class SourceFormats {
  private static final List<StreamedFormat> ALL =
      List.of(new WebDataset(), new ParquetFiles(), new TfRecords());

  /** The format name that asks for detection by content. */
  public static final String AUTO = "auto";

  /** The format name of class folders, which are read in place rather than streamed. */
  public static final String FOLDERS = "folders";

  /** Series of files probed before a source is taken for class folders. */
  private static final int MAX_PROBED_SERIES = 32;

  /** Files probed per series; more than one, since the first may be empty. */
  private static final int PROBED_FILES = 2;

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private SourceFormats() {}

  /** The formats that can be requested. */
  public static List<String> names() {
    List<String> names = new ArrayList<>(List.of(AUTO, FOLDERS));
    ALL.forEach(format -> names.add(format.name()));
    return names;
  }

  public static StreamedFormat of(String name) {
    return ALL.stream().filter(format -> format.name().equals(name)).findFirst().orElseThrow();
  }

  /**
   * The files of a source that have a streamed format.
   *
   * @param format of all of them; empty if no file has one
   * @param files in byte order of their paths
   * @param others number of files without a streamed format
   */
  public record Detected(Optional<StreamedFormat> format, List<Storage.Entry> files, long others) {}

  /**
   * Detects the streamed format of a source. Files whose names differ only in numbers are a series,
   * which has the format of its first files.
   *
   * @param source its name for messages
   * @param format the requested one of {@link #names}, not {@link #FOLDERS}
   * @throws InvalidSourceException if files have two formats, or lie beside folders of images, or
   *     none has the requested format
   */
  public static Detected detect(
      Storage storage, String source, List<Storage.Entry> files, String format) throws IOException {
    Map<StreamedFormat, List<Storage.Entry>> found = found(storage, files, format);
    if (found.size() > 1) {
      throw new InvalidSourceException(
          source
              + " holds "
              + found.entrySet().stream()
                  .map(e -> e.getKey().title() + " (" + e.getValue().get(0).path() + ")")
                  .collect(Collectors.joining(" and ")),
          SourceRemedy.CHOOSE_FORMAT.with(
              found.keySet().stream()
                  .map(StreamedFormat::name)
                  .collect(Collectors.joining(" or "))));
    }
    if (found.isEmpty() && !format.equals(AUTO)) {
      throw new InvalidSourceException(
          "%s holds no %s, looked for in %d files%s"
              .formatted(
                  source,
                  of(format).title(),
                  files.size(),
                  files.isEmpty() ? "" : ", the first of them " + files.get(0).path()),
          SourceRemedy.DETECT_FORMAT.with());
    }
    Optional<StreamedFormat> streamed = found.keySet().stream().findFirst();
    List<Storage.Entry> fitting = streamed.map(found::get).orElse(List.of());
    if (format.equals(AUTO) && streamed.isPresent()) {
      refuseImages(source, streamed.get(), fitting.get(0), files);
    }
    return new Detected(
        streamed,
        fitting.stream().sorted(Storage.BY_PATH).toList(),
        files.size() - (long) fitting.size());
  }

  /** Whether {@link #detect} would find a streamed format among the files. */
  public static boolean anyStreamed(Storage storage, List<Storage.Entry> files) throws IOException {
    return !found(storage, files, AUTO).isEmpty();
  }

  private static Map<StreamedFormat, List<Storage.Entry>> found(
      Storage storage, List<Storage.Entry> files, String format) throws IOException {
    Map<StreamedFormat, List<Storage.Entry>> found = new LinkedHashMap<>();
    int probed = 0;
    for (List<Storage.Entry> series : series(files)) {
      if (format.equals(AUTO) && found.isEmpty() && probed++ >= MAX_PROBED_SERIES) {
        break;
      }
      if (!found.isEmpty() && isOfImages(series)) {
        break; // images may be many, and their names say what they are
      }
      for (StreamedFormat candidate : ALL) {
        boolean requested = format.equals(AUTO) || candidate.name().equals(format);
        if (requested && fits(storage, candidate, series)) {
          found.computeIfAbsent(candidate, key -> new ArrayList<>()).addAll(series);
        }
      }
    }
    return found;
  }

  /** A stray table or record file beside class folders must not be taken for the whole source. */
  private static void refuseImages(
      String source, StreamedFormat format, Storage.Entry fitting, List<Storage.Entry> files)
      throws InvalidSourceException {
    int top = commonFolder(files).length();
    for (Storage.Entry file : files) {
      if (isImageInFolder(file.path().substring(top))) {
        throw new InvalidSourceException(
            "%s holds %s (%s) and images (%s)"
                .formatted(source, format.title(), fitting.path(), file.path()),
            SourceRemedy.CHOOSE_FORMAT.with(format.name() + " or " + FOLDERS));
      }
    }
  }

  /** Whether a path, relative to its source, looks like an image in a class folder. */
  public static boolean isImageInFolder(String path) {
    return path.contains("/") && Clutter.hasImageExtension(path) && Clutter.of(path).isEmpty();
  }

  /**
   * The innermost folder that contains all files, with a trailing {@code /}; files is not empty.
   */
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

  private static boolean fits(Storage storage, StreamedFormat format, List<Storage.Entry> series)
      throws IOException {
    for (Storage.Entry file : series.subList(0, Math.min(PROBED_FILES, series.size()))) {
      if (file.bytes() != 0 && format.fits(storage, file)) {
        return true;
      }
    }
    return false;
  }

  /** Series named like images come last: there may be many, and most are never probed. */
  private static List<List<Storage.Entry>> series(List<Storage.Entry> files) {
    Map<String, List<Storage.Entry>> series = new TreeMap<>();
    for (Storage.Entry file : files) {
      series
          .computeIfAbsent(NUMBER.matcher(file.path()).replaceAll("0"), key -> new ArrayList<>())
          .add(file);
    }
    return series.values().stream()
        .sorted(Comparator.comparing(SourceFormats::isOfImages))
        .toList();
  }

  private static boolean isOfImages(List<Storage.Entry> series) {
    return Clutter.hasImageExtension(series.get(0).path());
  }
}
