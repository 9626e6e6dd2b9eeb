package ghostbeam.transforms.ingest;

import ghostbeam.model.record.RecordStream;
import ghostbeam.model.storage.ForeignFile;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Container;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.Folder;
import ghostbeam.transforms.source.InputPath;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.Ranges;
import ghostbeam.transforms.source.SourceFile;
import ghostbeam.transforms.tar.Tar;
import ghostbeam.transforms.zip.Zip;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Every file of one input: a folder, a zip, a tar or a tar of tars, or a folder inside one of them.
 * Reads only an archive's directory or headers, no file contents.
 *
 * @param input its absolute path or URI
 * @param files with safe names relative to the input, in no order
 * @param links number of links and devices in an archive
 * @param danglingLinks paths of a folder's links without a target, except hidden ones
 * @param archive false for a folder
 */
record SourceListing(
    InputPath input,
    List<SourceFile> files,
    long links,
    List<String> danglingLinks,
    boolean archive) {
  /** The containers that can be read in place. */
  static final List<Container> CONTAINERS = List.of(new Folder(), new Zip(), new Tar());

  /** Extensions of compressed tars, with the command that decompresses them. */
  private static final Map<String, String> COMPRESSED =
      Map.ofEntries(
          Map.entry(".tar.gz", "gunzip"),
          Map.entry(".tgz", "gunzip"),
          Map.entry(".tar.z", "gunzip"),
          Map.entry(".tar.bz2", "bunzip2"),
          Map.entry(".tbz", "bunzip2"),
          Map.entry(".tbz2", "bunzip2"),
          Map.entry(".tar.xz", "unxz"),
          Map.entry(".txz", "unxz"),
          Map.entry(".tar.lzma", "unlzma"),
          Map.entry(".tar.lz4", "unlz4"),
          Map.entry(".tar.zst", "unzstd"),
          Map.entry(".tzst", "unzstd"));

  private static final int SHOWN = 10;

  /**
   * Lists an input.
   *
   * @throws IOException if it does not exist, is damaged, cannot be read in place, or holds an
   *     unsafe name; the message says what to do
   */
  static SourceListing of(Storage storage, String input) throws IOException {
    InputPath path = InputPath.parse(input);
    if (path.inside().isEmpty() || storage.exists(input)) {
      return whole(storage, input);
    }
    if (storage.exists(path.container())) {
      return whole(storage, path.container()).inside(path.inside());
    }
    // A subfolder of a folder, unless a folder's name really ends in an exclamation mark.
    return storage.list(input).isEmpty()
        ? whole(storage, Storage.resolve(path.container(), path.inside()))
        : whole(storage, input);
  }

  private static SourceListing whole(Storage storage, String input) throws IOException {
    Optional<Storage.Entry> object = storage.find(input);
    Container.Contents contents = contents(storage, input, object);
    if (object.isEmpty() && contents.files().isEmpty() && contents.danglingLinks().isEmpty()) {
      if (input.endsWith("!/")) {
        throw new InvalidSourceException(
            input + " names no folder after !/; name one, or omit !/ to read all of it");
      }
      throw new IOException(
          input + " does not exist or is empty; expected " + titles("or") + " of class folders");
    }
    List<String> danglingLinks =
        contents.danglingLinks().stream()
            .filter(link -> !FileNames.isHidden(link.replaceFirst(Pattern.quote(input), "")))
            .toList();
    return new SourceListing(
        new InputPath(input, ""),
        contents.files(),
        contents.others(),
        danglingLinks,
        object.isPresent());
  }

  /**
   * Chooses the container by name first, which costs no request; if that is inconclusive or fails,
   * by content.
   */
  private static Container.Contents contents(
      Storage storage, String input, Optional<Storage.Entry> object) throws IOException {
    Storage.Entry entry = object.orElse(new Storage.Entry(input, Storage.Entry.UNKNOWN, ""));
    Optional<Container> named =
        CONTAINERS.stream().filter(candidate -> candidate.matchesName(input, object)).findFirst();
    IOException failure = null;
    if (named.isPresent()) {
      try {
        return named.get().list(storage, entry);
      } catch (IOException e) {
        failure = e;
      }
    }
    if (object.isEmpty()) {
      throw failure;
    }
    byte[] start;
    try {
      start = start(storage, entry);
    } catch (IOException e) { // if listing failed, its message says more
      if (failure == null) {
        throw e;
      }
      failure.addSuppressed(e);
      throw failure;
    }
    Optional<Container> detected =
        CONTAINERS.stream().filter(candidate -> candidate.matchesStart(start)).findFirst();
    if (detected.isPresent() && !detected.equals(named)) {
      return detected.get().list(storage, entry);
    }
    Optional<ForeignFile> foreign = detected.isPresent() ? Optional.empty() : ForeignFile.of(start);
    if (failure == null) {
      throw new IOException(input + refusal(input, start, foreign));
    }
    throw foreign.isEmpty()
        ? failure
        : new IOException(input + " is " + foreign.get().asImages(), failure);
  }

  private static byte[] start(Storage storage, Storage.Entry object) throws IOException {
    try (SeekableByteChannel channel = storage.open(object)) {
      return Ranges.read(channel, 0, Container.START);
    }
  }

  /** The files in a folder of the archive, or in an inner tar. */
  private SourceListing inside(String folder) throws InvalidSourceException {
    List<SourceFile> inside = below(folder);
    String plain = folder.substring(0, folder.length() - 1);
    if (inside.isEmpty() && plain.toLowerCase(Locale.ROOT).endsWith(".tar")) {
      inside = below(plain.substring(0, plain.length() - ".tar".length()) + "/");
    }
    if (inside.isEmpty()) {
      throw new InvalidSourceException(
          "%s has no folder %s; it has %s".formatted(input, FileNames.shown(folder), tops()));
    }
    return new SourceListing(input.within(folder), inside, links, danglingLinks, archive);
  }

  private List<SourceFile> below(String folder) {
    return files.stream()
        .filter(file -> file.path().startsWith(folder))
        .map(file -> file.at(file.path().substring(folder.length())))
        .toList();
  }

  private String tops() {
    List<String> tops =
        files.stream()
            .map(file -> file.path().substring(0, file.path().indexOf('/') + 1))
            .filter(top -> !top.isEmpty() && !FileNames.isHidden(top + "x"))
            .distinct()
            .sorted(Storage.BYTE_ORDER)
            .toList();
    return tops.isEmpty()
        ? "no folders"
        : tops.stream().limit(SHOWN).map(FileNames::shown).collect(Collectors.joining(", "))
            + (tops.size() > SHOWN ? ", …" : "");
  }

  private static String refusal(String input, byte[] start, Optional<ForeignFile> foreign) {
    String name = input.toLowerCase(Locale.ROOT);
    Optional<Map.Entry<String, String>> form =
        COMPRESSED.entrySet().stream().filter(known -> name.endsWith(known.getKey())).findFirst();
    if (form.isPresent() && foreign.map(ForeignFile::isCompressed).orElse(true)) {
      return " is a compressed tar, whose images cannot be read in place: a compressed stream"
          + " has no random access; decompress it once: "
          + command(form.get().getValue(), input, form.get().getKey());
    }
    if (RecordStream.begins(start)) {
      return " is a TFRecord file whose records lack an image or a class number; expected"
          + " image/encoded and image/class/label, or image and label";
    }
    return foreign
        .map(kind -> " is " + kind.asImages())
        .orElseGet(
            () ->
                " is neither "
                    + titles("nor")
                    + "; expected one of them, with class folders in it");
  }

  /** A shell command to copy. */
  private static String command(String decompress, String input, String suffix) {
    String tar = input.substring(0, input.length() - suffix.length()) + ".tar";
    if (input.startsWith("gs://")) {
      return "gcloud storage cat %s | %s | gcloud storage cp - %s"
          .formatted(quoted(input), decompress, quoted(tar));
    }
    if (input.startsWith("s3://")) {
      return "aws s3 cp %s - | %s | aws s3 cp - %s"
          .formatted(quoted(input), decompress, quoted(tar));
    }
    return "%s --keep %s".formatted(decompress, quoted(input));
  }

  private static String quoted(String path) {
    return path.matches("[A-Za-z0-9_./:@%+=-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
  }

  private static String titles(String lastButOne) {
    List<String> titles = CONTAINERS.stream().map(Container::title).toList();
    int last = titles.size() - 1;
    return "%s %s %s"
        .formatted(String.join(", ", titles.subList(0, last)), lastButOne, titles.get(last));
  }
}
