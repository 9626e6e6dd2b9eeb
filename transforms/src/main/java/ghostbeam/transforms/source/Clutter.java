package ghostbeam.transforms.source;

import static java.util.Map.entry;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Kinds of files in a source that are not images of the split being read. */
public enum Clutter {
  /** {@code __MACOSX/}, {@code ._*}, {@code .DS_Store}, {@code Icon\r} and the like. */
  MACOS("macOS's own files"),
  /**
   * {@code Thumbs.db}, {@code desktop.ini}, {@code $RECYCLE.BIN/} and the like, and {@code
   * a.jpg:Zone.Identifier}, which marks downloads.
   */
  WINDOWS("Windows' own files"),
  /** {@code @eaDir/} and the like. */
  NAS("a network storage's own files"),
  /** {@code lost+found/}, {@code FOUND.000/}. */
  LOST("lost and found of a file system"),
  /** Names, or names of folders, that begin with a dot. */
  HIDDEN("hidden files"),
  /** Names that could forge log lines. */
  UNPRINTABLE("names with control characters"),
  /** Names that end in a slash, as object store consoles create for folders. */
  FOLDER("entries of folders"),
  /** Anything in {@code Annotations/} or {@code ImageSets/}. */
  ANNOTATION("annotations and image sets"),
  /** Text and tables, recognised by extension or by a name such as {@code LICENSE}. */
  NOTE("lists and notes"),
  /** Archive members that are neither file nor folder. */
  LINK("links or devices in an archive"),
  /** Files above or beside the class folders. */
  OUTSIDE("outside the class folders"),
  /** Files in the folder of another split. */
  OTHER_SPLIT("of other splits");

  private static final Map<String, Clutter> FOLDERS =
      Map.ofEntries(
          entry("__macosx", MACOS),
          entry(".trashes", MACOS),
          entry(".fseventsd", MACOS),
          entry(".spotlight-v100", MACOS),
          entry(".appledouble", MACOS),
          entry("$recycle.bin", WINDOWS),
          entry("recycler", WINDOWS),
          entry("system volume information", WINDOWS),
          entry("@eadir", NAS),
          entry("@tmp", NAS),
          entry("@recycle", NAS),
          entry("@recently-snapshot", NAS),
          entry("#recycle", NAS),
          entry("#snapshot", NAS),
          entry("~snapshot", NAS),
          entry("network trash folder", NAS),
          entry("temporary items", NAS),
          entry("lost+found", LOST),
          entry("annotation", ANNOTATION),
          entry("annotations", ANNOTATION),
          entry("imagesets", ANNOTATION),
          entry("__pycache__", NOTE));

  private static final Map<String, Clutter> FILES =
      Map.ofEntries(
          entry(".ds_store", MACOS),
          entry(".localized", MACOS),
          entry("icon\r", MACOS),
          entry("thumbs.db", WINDOWS),
          entry("ehthumbs.db", WINDOWS),
          entry("ehthumbs_vista.db", WINDOWS),
          entry("desktop.ini", WINDOWS),
          entry("zbthumbnail.info", WINDOWS),
          entry("license", NOTE),
          entry("licence", NOTE),
          entry("copying", NOTE),
          entry("readme", NOTE),
          entry("authors", NOTE),
          entry("notice", NOTE),
          entry("citation", NOTE),
          entry("changelog", NOTE),
          entry("version", NOTE),
          entry("makefile", NOTE),
          entry("md5sums", NOTE),
          entry("sha256sums", NOTE));

  private static final Set<String> NOTES =
      Set.of(
          "txt", "csv", "tsv", "json", "jsonl", "xml", "xmp", "yaml", "yml", "toml", "md", "rst",
          "html", "htm", "css", "js", "pdf", "doc", "docx", "xls", "xlsx", "bib", "tex", "mat",
          "npy", "npz", "pkl", "pickle", "h5", "hdf5", "py", "ipynb", "sh", "bat", "log", "ini",
          "cfg", "conf", "db", "sqlite", "lst", "list", "names", "idx", "md5", "sha1", "sha256",
          "lnk", "url");

  private static final Set<String> IMAGES =
      Set.of(
          "jpg", "jpeg", "jpe", "jfif", "png", "bmp", "gif", "webp", "tif", "tiff", "ppm", "pgm",
          "pbm", "pnm", "mpo", "avif", "heic", "jp2");

  /** NTFS alternate data streams, which become files on other systems. */
  private static final List<String> STREAMS = List.of("zone.identifier", "zone.identifier:$data");

  /** Folders in which Windows' disk check keeps recovered files. */
  private static final Pattern CHECKED_DISK = Pattern.compile("found\\.\\d{3}");

  private final String title;

  Clutter(String title) {
    this.title = title;
  }

  /** The name for users, in the plural. */
  public String title() {
    return title;
  }

  /** Whether such files are hidden or created by a system, so that no user means them as input. */
  boolean hidden() {
    return compareTo(UNPRINTABLE) <= 0;
  }

  /**
   * The kind of a file, judging by its name and its folders' names; empty if it may be an image.
   */
  public static Optional<Clutter> of(String path) {
    int from = 0;
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', from)) {
      Clutter kind = folder(path.substring(from, slash));
      if (kind != null) {
        return Optional.of(kind);
      }
      from = slash + 1;
    }
    return Optional.ofNullable(file(path.substring(from)));
  }

  /** The kind of everything in a folder of this name; empty for an ordinary folder. */
  public static Optional<Clutter> ofFolder(String name) {
    return Optional.ofNullable(folder(name));
  }

  /** Whether a file has an image's extension. */
  public static boolean hasImageExtension(String path) {
    return IMAGES.contains(extension(FileNames.last(path)));
  }

  private static Clutter folder(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    Clutter known = FOLDERS.get(lower);
    if (known != null) {
      return known;
    }
    if (CHECKED_DISK.matcher(lower).matches()) {
      return LOST;
    }
    return name.startsWith(".") ? HIDDEN : hasControls(name) ? UNPRINTABLE : null;
  }

  private static Clutter file(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    Clutter known = FILES.get(lower);
    if (known != null) {
      return known;
    }
    if (name.isEmpty()) {
      return FOLDER;
    }
    if (name.startsWith(".")) {
      return name.startsWith("._") ? MACOS : HIDDEN;
    }
    if (hasControls(name)) {
      return UNPRINTABLE;
    }
    if (name.contains("@Syno")) {
      return NAS;
    }
    if (STREAMS.stream().anyMatch(lower::endsWith)) {
      return WINDOWS;
    }
    return NOTES.contains(extension(name)) ? NOTE : null;
  }

  private static boolean hasControls(String name) {
    for (int i = 0; i < name.length(); i++) { // an IntStream takes ten times as long
      if (Character.isISOControl(name.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  /** The extension in lower case, without its dot; empty if there is none. */
  private static String extension(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(dot + 1).toLowerCase(Locale.ROOT) : "";
  }
}
