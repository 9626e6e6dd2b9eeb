package ghostbeam.model.scoring;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.roaringbitmap.RoaringBitmap;

/** What became of each record, as sets of record numbers; all are subsets of those seen. */
final class RecordSets {
  final RoaringBitmap seen = new RoaringBitmap();
  final RoaringBitmap top1 = new RoaringBitmap();
  final RoaringBitmap top5 = new RoaringBitmap();
  final RoaringBitmap undecodable = new RoaringBitmap();
  final RoaringBitmap notFinite = new RoaringBitmap();

  /** Top-1 hits among the data's classes alone; null where the network knows no others. */
  final RoaringBitmap inDataset;

  RecordSets(boolean knowsMore) {
    inDataset = knowsMore ? new RoaringBitmap() : null;
  }

  /** Counts a record of so many classes ahead of the true one. */
  void addRanked(int record, int rank) {
    if (rank == 0) {
      top1.add(record);
    }
    if (rank < 5) {
      top5.add(record);
    }
  }

  /** Counts a hit among the data's classes alone, where the network knows more. */
  void addInDataset(int record, boolean hit) {
    if (inDataset != null && hit) {
      inDataset.add(record);
    }
  }

  /** Throws where a record is in both. */
  void merge(RecordSets other, String checkpoint) {
    if (RoaringBitmap.intersects(seen, other.seen)) {
      throw CoverageException.twice(checkpoint, RoaringBitmap.and(seen, other.seen));
    }
    for (int i = 0; i < all().size(); i++) {
      all().get(i).or(other.all().get(i));
    }
  }

  /** All sets that there are, in the order of the wire form. */
  List<RoaringBitmap> all() {
    return Stream.of(seen, top1, top5, undecodable, notFinite, inDataset)
        .filter(Objects::nonNull)
        .toList();
  }

  /** How many have finite logits. */
  long scored() {
    return decoded() - notFinite.getLongCardinality();
  }

  private long decoded() {
    return seen.getLongCardinality() - undecodable.getLongCardinality();
  }

  /** Over how many a loss is the mean; 0 where one has none that is finite. */
  long withLoss() {
    return notFinite.isEmpty() ? decoded() : 0;
  }
}
