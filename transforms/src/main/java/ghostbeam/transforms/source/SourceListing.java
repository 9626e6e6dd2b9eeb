package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
public record SourceListing(
    String input, List<SourceFile> files, long skipped, List<String> nowhere, boolean archive) {

  /**
   * Lists an input.
   *
   * @throws IOException if there is none, it is damaged, of a kind that cannot be read in place, or
   *     holds a name that no honest source does; the message says what to do
   */
  public static SourceListing of(Storage storage, String input) throws IOException {
    List<SourceFile> files = new ArrayList<>();
    List<String> nowhere = new ArrayList<>();
    long others = 0;
    Optional<Storage.Entry> archive = storage.find(input);
    if (archive.isPresent()) {
      String name = input.toLowerCase(Locale.ROOT);
      if (name.endsWith(".zip")) {
        others = ZipDirectory.list(storage, archive.get(), files);
      } else if (name.endsWith(".tar")) {
        others = TarSource.list(storage, archive.get(), files);
      } else {
        throw new IOException(input + refusal(name));
      }
    } else {
      files.addAll(SourceFile.below(storage, input, nowhere::add));
      nowhere.removeIf(link -> FileNames.isHidden(link.replaceFirst(Pattern.quote(input), "")));
      if (files.isEmpty() && nowhere.isEmpty()) {
        throw new IOException(
            input
                + " does not exist or is empty; --input takes a folder of class folders, a .zip or"
                + " a .tar");
      }
    }
    long listed = files.size();
    files.removeIf(file -> FileNames.isHidden(file.path()));
    others += listed - files.size();
    return new SourceListing(input, files, others, nowhere, archive.isPresent());
  }

  private static String refusal(String name) {
    if (name.matches(".*\\.(tar\\.(gz|bz2|xz|zst|z)|tgz|tbz2?|txz)")) {
      return " is a compressed tar, whose images cannot be read in place: a compressed stream has"
          + " no random access; decompress it to a .tar, or repack it as a .zip";
    }
    return " is neither a folder, a .zip nor a .tar; --input takes a folder of class folders, a"
        + " .zip or a .tar";
  }
}
