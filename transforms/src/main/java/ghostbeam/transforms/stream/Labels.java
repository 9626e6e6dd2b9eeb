package ghostbeam.transforms.stream;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.format.RawLabel;
import ghostbeam.transforms.format.StreamedRecord;
import ghostbeam.transforms.ingest.ClassList;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.OptionalInt;

/**
 * Maps the class numbers of records to labels from 0 and to class names.
 *
 * @param names of all classes in label order, or empty if records name their own classes
 * @param list where the names come from, as in {@link ImageSource#classes}, or empty
 * @param offset number of the first class; null for the format's convention
 */
record Labels(List<String> names, String list, Integer offset) implements Serializable {
  private static final int MOST_CLASSES = 1_000_000;

  Labels {
    names = List.copyOf(names);
  }

  /**
   * Reads the class names.
   *
   * @param list a file, a manifest, or the number of classes
   */
  static Labels read(Storage storage, String list, Integer offset) throws IOException {
    return new Labels(ClassList.read(storage, list).names(), list, offset);
  }

  /**
   * The label of a record, from 0; empty if it has none.
   *
   * @throws InvalidSourceException naming the record, if its class does not exist or has no name
   */
  OptionalInt label(StreamedRecord row) throws InvalidSourceException {
    RawLabel raw = row.rawLabel();
    int first = offset == null ? raw.first() : offset;
    if (raw.number() == RawLabel.NONE && first > RawLabel.NONE) {
      return OptionalInt.empty();
    }
    if (raw.number() < first) {
      throw new InvalidSourceException(
          "%s has the label %d, but labels %s from %d"
              .formatted(
                  row.key(),
                  raw.number(),
                  offset == null ? "of this format count" : "were said to count",
                  first),
          raw.number() == 0 ? SourceRemedy.COUNT_FROM_ZERO.with() : SourceRemedy.SAY_OFFSET.with());
    }
    long label = raw.number() - first;
    if (label >= (names.isEmpty() ? MOST_CLASSES : names.size())) {
      throw new InvalidSourceException(
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

  private void requireName(StreamedRecord row, int label) throws InvalidSourceException {
    String synset = row.rawLabel().synset();
    if (names.isEmpty() && (synset.isBlank() || synset.indexOf('/') >= 0)) {
      throw new InvalidSourceException(
          row.key()
              + (synset.isEmpty() ? " has no name" : " has an invalid name")
              + " for its class, and numbers alone do not show how many classes there are",
          SourceRemedy.LIST_CLASSES.with());
    }
    if (!names.isEmpty() && !names.get(label).equals(synset) && names.contains(synset)) {
      throw new InvalidSourceException(
          "%s has the label %d and the class %s, which is number %d, counted from 0, in %s"
              .formatted(row.key(), row.rawLabel().number(), synset, names.indexOf(synset), list),
          SourceRemedy.RIGHT_CLASSES_OR_OFFSET.with());
    }
  }

  /** The class name of a record with this label. */
  String name(StreamedRecord row, int label) {
    return names.isEmpty() ? row.rawLabel().synset() : names.get(label);
  }
}
