package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Container;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.Folder;
import ghostbeam.transforms.source.SourceFile;
import ghostbeam.transforms.tar.Tar;
import ghostbeam.transforms.zip.Zip;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Every file of one input: a folder, a zip, a tar or a tar of tars. No file's bytes are read, only
 * an archive's directory or headers.
 *
 * @param input its absolute path or URI
 * @param files with safe names, in no order; hidden ones left out
 * @param skipped hidden files, and links and devices in archives
 * @param nowhere paths of a folder's links that lead nowhere, hidden ones left out
 * @param archive false for a folder
 */
record SourceListing(
    String input, List<SourceFile> files, long skipped, List<String> nowhere, boolean archive) {
  /** All containers that can be read in place. */
  static final List<Container> CONTAINERS = List.of(new Folder(), new Zip(), new Tar());

  private static final Pattern COMPRESSED_TAR =
      Pattern.compile(".*\\.(tar\\.(gz|bz2|xz|zst|z)|tgz|tbz2?|txz)", Pattern.CASE_INSENSITIVE);

  /**
   * Lists an input.
   *
   * @throws IOException if there is none, it is damaged, of a kind that cannot be read in place, or
   *     holds a name that no honest source does; the message says what to do
   */
  static SourceListing of(Storage storage, String input) throws IOException {
    Optional<Storage.Entry> object = storage.find(input);
    Container container =
        CONTAINERS.stream()
            .filter(candidate -> candidate.holds(input, object))
            .findFirst()
            .orElseThrow(() -> new IOException(input + refusal(input)));
    Container.Contents contents =
        container.list(storage, object.orElse(new Storage.Entry(input, Storage.Entry.UNKNOWN, "")));
    if (object.isEmpty() && contents.files().isEmpty() && contents.nowhere().isEmpty()) {
      throw new IOException(
          input
              + " does not exist or is empty; --input takes "
              + titles("or")
              + " of class folders");
    }
    List<SourceFile> shown =
        contents.files().stream().filter(file -> !FileNames.isHidden(file.path())).toList();
    List<String> nowhere =
        contents.nowhere().stream()
            .filter(link -> !FileNames.isHidden(link.replaceFirst(Pattern.quote(input), "")))
            .toList();
    int hidden = contents.files().size() - shown.size();
    return new SourceListing(input, shown, contents.others() + hidden, nowhere, object.isPresent());
  }

  private static String refusal(String input) {
    if (COMPRESSED_TAR.matcher(input).matches()) {
      return " is a compressed tar, whose images cannot be read in place: a compressed stream has"
          + " no random access; decompress it to a .tar, or repack it as a .zip";
    }
    return " is neither " + titles("nor") + "; --input takes one of them, with class folders in it";
  }

  private static String titles(String lastButOne) {
    List<String> titles = CONTAINERS.stream().map(Container::title).toList();
    int last = titles.size() - 1;
    return "%s %s %s"
        .formatted(String.join(", ", titles.subList(0, last)), lastButOne, titles.get(last));
  }
}
