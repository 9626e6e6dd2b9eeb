package ghostbeam.model.scoring;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.roaringbitmap.RoaringBitmap;

/** The outcomes of records, as sets of record numbers; all are subsets of {@code seen}. */
final class RecordSets {
  final RoaringBitmap seen = new RoaringBitmap();
  final RoaringBitmap top1 = new RoaringBitmap();
  final RoaringBitmap top5 = new RoaringBitmap();
  final RoaringBitmap undecodable = new RoaringBitmap();
  final RoaringBitmap notFinite = new RoaringBitmap();

  /** Top-1 hits among the data's classes alone; null where the network knows no other classes. */
  final RoaringBitmap inDataset;

  RecordSets(boolean knowsMore) {
    inDataset = knowsMore ? new RoaringBitmap() : null;
  }

  /** Counts a record for which {@code rank} classes are ahead of the true one. */
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

  /** Adds another's records; throws where a record is in both. */
  void merge(RecordSets other, String checkpoint) {
    if (RoaringBitmap.intersects(seen, other.seen)) {
      throw CoverageException.twice(checkpoint, RoaringBitmap.and(seen, other.seen));
    }
    for (int i = 0; i < all().size(); i++) {
      all().get(i).or(other.all().get(i));
    }
  }

  /** All non-null sets, in the order of the serialised form. */
  List<RoaringBitmap> all() {
    return Stream.of(seen, top1, top5, undecodable, notFinite, inDataset)
        .filter(Objects::nonNull)
        .toList();
  }

  /** The number of records with finite logits. */
  long scored() {
    return decoded() - notFinite.getLongCardinality();
  }

  private long decoded() {
    return seen.getLongCardinality() - undecodable.getLongCardinality();
  }

  /** The number of records over which losses are averaged; 0 where any loss is not finite. */
  long withLoss() {
    return notFinite.isEmpty() ? decoded() : 0;
  }
}
