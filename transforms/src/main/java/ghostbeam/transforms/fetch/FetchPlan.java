package ghostbeam.transforms.fetch;

import ghostbeam.transforms.source.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which images are fetched together. The list is cut into windows of {@value #WINDOW}
 * bytes; within a window, images at most {@value #GAP} bytes apart in one archive share a request,
 * as long as the gaps stay below a twentieth of the bytes wanted.
 */
final class FetchPlan {
  /** Bytes of images planned together, and thus held in memory at once. */
  static final int WINDOW = 16 << 20;

  /** Reading through a gap of this many bytes is faster than another request. */
  static final int GAP = 64 << 10;

  /** Gaps take at most one byte for this many wanted. */
  private static final int WANTED_PER_GAP = 20;

  private final List<Extent> images;

  /** Ranges in this window fetched with earlier images and not yet consumed. */
  private final Map<Integer, ByteBuffer> fetched = new HashMap<>();

  private final Map<Integer, List<Integer>> groups = new HashMap<>();
  private int windowEnd;

  FetchPlan(List<Extent> images) {
    this.images = images;
  }

  /** The range of an image in an archive; each image is fetched once, in list order. */
  ByteBuffer fetch(int index, Archives archives) throws IOException {
    if (index >= windowEnd) {
      nextWindow(index);
    }
    if (!fetched.containsKey(index)) {
      fetchGroup(groups.get(index), archives);
    }
    return fetched.remove(index);
  }

  private void fetchGroup(List<Integer> group, Archives archives) throws IOException {
    Extent first = images.get(group.get(0));
    long end = group.stream().mapToLong(i -> images.get(i).end()).max().orElseThrow();
    byte[] bytes = archives.read(first, (int) (end - first.offset()));
    for (int index : group) {
      Extent image = images.get(index);
      int from = (int) Math.min(bytes.length, image.offset() - first.offset());
      int to = (int) Math.min(bytes.length, image.end() - first.offset());
      fetched.put(index, ByteBuffer.wrap(bytes, from, to - from).slice());
    }
  }

  private void nextWindow(int from) {
    fetched.clear();
    List<Integer> window = new ArrayList<>();
    long bytes = 0;
    int index = from;
    for (; index < images.size() && bytes < WINDOW; index++) {
      Extent image = images.get(index);
      if (!image.packing().isObject() && !ImageReader.isTooLong(image)) {
        window.add(index);
        bytes += image.end() - image.offset();
      }
    }
    windowEnd = index;
    window.sort(
        Comparator.comparing((Integer i) -> images.get(i).uri())
            .thenComparingLong(i -> images.get(i).offset()));
    groups.clear();
    for (List<Integer> group : group(window)) {
      group.forEach(i -> groups.put(i, group));
    }
  }

  private List<List<Integer>> group(List<Integer> sorted) {
    List<List<Integer>> all = new ArrayList<>();
    Extent before = null;
    long wanted = 0;
    long gaps = 0;
    for (int index : sorted) {
      Extent image = images.get(index);
      long gap = before == null ? 0 : Math.max(0, image.offset() - before.end());
      boolean joins =
          before != null
              && image.uri().equals(before.uri())
              && gap <= GAP
              && wanted + image.end() - image.offset() <= WINDOW
              && (gaps + gap) * WANTED_PER_GAP <= wanted + image.length();
      if (!joins) {
        all.add(new ArrayList<>());
        wanted = 0;
        gaps = 0;
        gap = 0;
      }
      all.get(all.size() - 1).add(index);
      wanted += image.end() - image.offset();
      gaps += gap;
      before = image;
    }
    return all;
  }
}
