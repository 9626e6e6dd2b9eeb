package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A tar (ustar, GNU's long names, pax), or a tar of tars such as ILSVRC2012_img_train.tar, whose
 * members {@code n01440764.tar} are listed as folders {@code n01440764/}.
 *
 * <p>Headers are read, 512 bytes each, and what they describe is passed over: one request a member,
 * or one for many where they are small ({@link HeaderReads}). The tars inside a tar are listed side
 * by side, since in a bucket each request takes its time.
 */
final class TarSource {
  private static final int THREADS = 32;
  private static final String SUFFIX = ".tar";

  private final Storage storage;
  private final Storage.Entry tar;
  private final String uri;

  private TarSource(Storage storage, Storage.Entry tar) {
    this.storage = storage;
    this.tar = tar;
    this.uri = tar.path();
  }

  private record Members(List<SourceFile> files, long others) {}

  /**
   * Adds the members that are files, in no order.
   *
   * @return how many members are links or devices
   */
  static long list(Storage storage, Storage.Entry tar, List<SourceFile> files) throws IOException {
    TarSource source = new TarSource(storage, tar);
    Members outer = source.members(tar.path(), 0, Long.MAX_VALUE);
    List<SourceFile> tars = new ArrayList<>();
    for (SourceFile member : outer.files()) {
      boolean isTar = member.path().toLowerCase(Locale.ROOT).endsWith(SUFFIX);
      (isTar && !FileNames.isHidden(member.path()) ? tars : files).add(member);
    }
    return outer.others() + source.addInner(tars, files);
  }

  private long addInner(List<SourceFile> tars, List<SourceFile> files) throws IOException {
    if (tars.isEmpty()) {
      return 0;
    }
    List<Callable<Members>> tasks = new ArrayList<>();
    tars.forEach(member -> tasks.add(() -> inner(member)));
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(THREADS, tasks.size()));
    long others = 0;
    try {
      List<Future<Members>> futures = tasks.stream().map(threads::submit).toList();
      for (Future<Members> members : futures) {
        files.addAll(members.get().files());
        others += members.get().others();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(uri + ": listing was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException(uri + " cannot be listed: " + e.getCause(), e);
    } finally {
      threads.shutdownNow();
    }
    return others;
  }

  private Members inner(SourceFile member) throws IOException {
    String folder = member.path().substring(0, member.path().length() - SUFFIX.length()) + "/";
    String own = FileNames.last(folder.substring(0, folder.length() - 1)) + "/";
    Members members =
        members(
            uri + " (in " + member.path() + ")",
            member.offset(),
            member.offset() + member.length());
    List<SourceFile> files = new ArrayList<>(members.files().size());
    for (SourceFile file : members.files()) {
      // Some pack the folder itself, others what is in it.
      String path = file.path().startsWith(own) ? file.path().substring(own.length()) : file.path();
      files.add(file.at(folder + path));
    }
    return new Members(files, members.others());
  }

  private Members members(String name, long from, long to) throws IOException {
    List<SourceFile> files = new ArrayList<>();
    long others = 0;
    try (SeekableByteChannel channel = storage.open(tar)) {
      TarHeaders headers = new TarHeaders(name, channel, from, Math.min(to, channel.size()));
      while (headers.next()) {
        if (headers.isFile()) {
          FileNames.requireSafe(name, headers.path());
          files.add(
              new SourceFile(
                  headers.path(),
                  uri,
                  headers.offset(),
                  headers.bytes(),
                  Packing.TAR,
                  headers.bytes(),
                  SourceFile.UNKNOWN_CRC,
                  tar.version()));
        } else if (!headers.isFolder()) {
          others++;
        }
      }
    }
    return new Members(files, others);
  }
}
