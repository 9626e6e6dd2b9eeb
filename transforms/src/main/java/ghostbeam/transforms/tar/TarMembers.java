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
 * The members of a tar and of the tars in it.
 *
 * <p>Headers are read, 512 bytes each, and what they describe is passed over: one request a member,
 * or one for many where they are small ({@link HeaderReads}). The tars inside a tar are listed side
 * by side, since in a bucket each request takes its time.
 */
record TarMembers(Storage storage, Storage.Entry tar) {
  private static final String SUFFIX = ".tar";

  /** The members that are files, in no order, and how many are links or devices. */
  Contents list() throws IOException {
    Contents outer = members(tar.path(), 0, Long.MAX_VALUE);
    List<SourceFile> files = new ArrayList<>();
    List<SourceFile> tars = new ArrayList<>();
    for (SourceFile member : outer.files()) {
      boolean isTar = member.path().toLowerCase(Locale.ROOT).endsWith(SUFFIX);
      (isTar && !FileNames.isHidden(member.path()) ? tars : files).add(member);
    }
    requireApart(tars);
    return new Contents(files, outer.others() + addInner(tars, files));
  }

  /** Members of two tars that make one folder would be mixed. */
  private void requireApart(List<SourceFile> tars) throws IOException {
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
      // Some pack the folder itself, others what is in it.
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
