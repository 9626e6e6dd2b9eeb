package ghostbeam.transforms.stream;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.format.RawLabel;
import ghostbeam.transforms.format.StreamedRecord;
import ghostbeam.transforms.ingest.ClassList;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.SourceRemedy;
import ghostbeam.transforms.source.UnfitSourceException;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.OptionalInt;

/**
 * How the numbers that records carry become labels, and which classes they are of.
 *
 * @param names of all classes in label order, or empty where each record names its own
 * @param list what gave the names, as {@link ImageSource#classes} has it, or empty
 * @param offset the number of the first class; null where the form tells it
 */
record Labels(List<String> names, String list, Integer offset) implements Serializable {
  private static final int MOST_CLASSES = 1_000_000;

  Labels {
    names = List.copyOf(names);
  }

  /**
   * Reads the names.
   *
   * @param list a file, a manifest, or how many classes there are
   */
  static Labels read(Storage storage, String list, Integer offset) throws IOException {
    return new Labels(ClassList.read(storage, list).names(), list, offset);
  }

  /**
   * The label of a record's image, from 0; empty where it has none.
   *
   * @throws UnfitSourceException naming the record, where there is no such class or no name for it
   */
  OptionalInt label(StreamedRecord row) throws UnfitSourceException {
    RawLabel raw = row.rawLabel();
    int first = offset == null ? raw.first() : offset;
    if (raw.number() == RawLabel.NONE && first > RawLabel.NONE) {
      return OptionalInt.empty();
    }
    if (raw.number() < first) {
      throw new UnfitSourceException(
          "%s has the label %d, but labels %s from %d"
              .formatted(
                  row.key(),
                  raw.number(),
                  offset == null ? "of this form count" : "are said to count",
                  first),
          raw.number() == 0
              ? SourceRemedy.COUNT_FROM_ZERO.with()
              : SourceRemedy.SAY_OFFSET.with());
    }
    long label = raw.number() - first;
    if (label >= (names.isEmpty() ? MOST_CLASSES : names.size())) {
      throw new UnfitSourceException(
          "%s has the label %d, counted from %d; %s has %d classes"
              .formatted(
                  row.key(),
                  raw.number(),
                  first,
                  list.isEmpty() ? "a dataset" : list,
                  names.isEmpty() ? MOST_CLASSES : names.size()),
          first == 0
              ? SourceRemedy.RIGHT_CLASSES_OR_FROM_ONE.with()
              : SourceRemedy.RIGHT_CLASSES.with());
    }
    requireName(row, (int) label);
    return OptionalInt.of((int) label);
  }

  private void requireName(StreamedRecord row, int label) throws UnfitSourceException {
    String synset = row.rawLabel().synset();
    if (names.isEmpty() && (synset.isBlank() || synset.indexOf('/') >= 0)) {
      throw new UnfitSourceException(
          row.key()
              + (synset.isEmpty() ? " says only the number" : " says a name that cannot be")
              + " of its class, and numbers do not tell how many classes there are",
          SourceRemedy.LIST_CLASSES.with());
    }
    if (!names.isEmpty() && !names.get(label).equals(synset) && names.contains(synset)) {
      throw new UnfitSourceException(
          "%s has the label %d and the class %s, which in %s is number %d from 0"
              .formatted(row.key(), row.rawLabel().number(), synset, list, names.indexOf(synset)),
          SourceRemedy.RIGHT_CLASSES_OR_OFFSET.with());
    }
  }

  /** What the class of a record's label is called. */
  String name(StreamedRecord row, int label) {
    return names.isEmpty() ? row.rawLabel().synset() : names.get(label);
  }
}
