package ghostbeam.transforms.tar;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Container.Contents;
import ghostbeam.transforms.source.Extent;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.ParallelReads;
import ghostbeam.transforms.source.SourceFile;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Lists the members of a tar and of the tars in it.
 *
 * <p>Only headers are read, 512 bytes each: one request per member, or one for many small members
 * ({@link HeaderReads}). Inner tars are listed in parallel, since in an object store each request
 * has a latency.
 */
record TarMembers(Storage storage, Storage.Entry tar) {
  private static final String SUFFIX = ".tar";

  /** The files, in no order, and the number of links and devices. */
  Contents list() throws IOException {
    Contents outer = members(tar.path(), 0, Long.MAX_VALUE);
    List<SourceFile> files = new ArrayList<>();
    List<SourceFile> tars = new ArrayList<>();
    for (SourceFile member : outer.files()) {
      boolean isTar = member.path().toLowerCase(Locale.ROOT).endsWith(SUFFIX);
      (isTar && !FileNames.isHidden(member.path()) ? tars : files).add(member);
    }
    requireUnique(tars);
    return new Contents(files, outer.others() + addInner(tars, files));
  }

  /** Otherwise the members of two tars would be mixed in one folder. */
  private void requireUnique(List<SourceFile> tars) throws IOException {
    Set<String> paths = new HashSet<>();
    for (SourceFile member : tars) {
      if (!paths.add(member.path())) {
        throw new IOException(
            "%s holds %s twice; pack it again"
                .formatted(tar.path(), FileNames.shown(member.path())));
      }
    }
  }

  private long addInner(List<SourceFile> tars, List<SourceFile> files) throws IOException {
    List<Callable<Contents>> reads = new ArrayList<>();
    tars.forEach(member -> reads.add(() -> inner(member)));
    long others = 0;
    for (Contents members : ParallelReads.read(tar.path(), reads)) {
      files.addAll(members.files());
      others += members.others();
    }
    return others;
  }

  private Contents inner(SourceFile member) throws IOException {
    String folder = member.path().substring(0, member.path().length() - SUFFIX.length()) + "/";
    String own = FileNames.last(folder.substring(0, folder.length() - 1)) + "/";
    Contents members =
        members(
            tar.path() + " (in " + FileNames.shown(member.path()) + ")",
            member.extent().offset(),
            member.extent().end());
    List<SourceFile> files = new ArrayList<>(members.files().size());
    for (SourceFile file : members.files()) {
      // Some tars contain the class folder itself, others only its files.
      String path = file.path().startsWith(own) ? file.path().substring(own.length()) : file.path();
      files.add(file.at(folder + path));
    }
    return new Contents(files, members.others());
  }

  private Contents members(String name, long from, long to) throws IOException {
    List<SourceFile> files = new ArrayList<>();
    HardLinks links = new HardLinks(name);
    long others = 0;
    try (SeekableByteChannel channel = storage.open(tar)) {
      TarHeaders headers = new TarHeaders(name, channel, from, Math.min(to, channel.size()));
      while (headers.next()) {
        if (headers.isFile()) {
          FileNames.requireSafe(name, headers.path());
          Extent extent = Extent.stored(tar, headers.offset(), headers.bytes(), Tar.PACKING);
          files.add(new SourceFile(headers.path(), extent));
        } else if (headers.isHardLink()) {
          links.add(headers.path(), headers.target());
        } else if (!headers.isFolder()) {
          others++;
        }
      }
    }
    List<SourceFile> linked = links.resolve(files);
    files.addAll(linked);
    return new Contents(files, others + links.size() - linked.size());
  }
}
