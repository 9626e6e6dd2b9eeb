package ghostbeam.transforms.source;

import ghostbeam.model.failure.Remedy;

/** What a user can do about a source that cannot be made into a dataset as requested. */
public enum SourceRemedy implements Remedy {
  /** Choose its format. Fact: the formats it may have. */
  CHOOSE_FORMAT(1),
  /** Request no format, so that it is detected. */
  DETECT_FORMAT(0),
  /** Request no format. Facts: the requested format, and the archive to read as a whole instead. */
  NO_FORMAT(2),
  /** Read one of several folders. Fact: the first of them. */
  ONE_FOLDER(1),
  /** Read a folder further down, if the classes are there. Fact: such a folder. */
  DEEPER_FOLDER(1),
  /** Read the tars in a folder, if each is a class. Fact: the folder. */
  TARS_OF_CLASSES(1),
  /** Choose another split. */
  CHOOSE_SPLIT(0),
  /** Choose another split or source, since this one has no classes. */
  OTHER_SPLIT_OR_SOURCE(0),
  /** Read the one folder that the labels file is for, or give no labels file. */
  ONE_FOLDER_OR_NO_LABELS_FILE(0),
  /** Give a labels file, if all images are in one folder. */
  LABELS_FILE(0),
  /** Give the labels file of these images. */
  RIGHT_LABELS_FILE(0),
  /** Give a labels file, or remove images whose names do not end in a class. */
  MOVE_OR_LABELS_FILE(0),
  /** Give no labels file, since the records have labels. */
  NO_LABELS_FILE(0),
  /** Give a list of classes. */
  LIST_CLASSES(0),
  /** Give a list of classes that names class i in line i. */
  LIST_CLASSES_BY_NUMBER(0),
  /** Give a list of classes with one synset per line, to map numbers to synsets. */
  LIST_SYNSETS(0),
  /** Give the list of classes that the labels refer to. */
  RIGHT_CLASSES(0),
  /** Give the right list of classes, or state that labels count from 1. */
  RIGHT_CLASSES_OR_FROM_ONE(0),
  /** Give the right list of classes, or the number of the first class. */
  RIGHT_CLASSES_OR_OFFSET(0),
  /** State that labels count from 0, if they do. */
  COUNT_FROM_ZERO(0),
  /** State that class folders count from 1, if they do. */
  FOLDERS_FROM_ONE(0),
  /** State whether class folders count from 0 or from 1. */
  FOLDERS_FROM_ZERO_OR_ONE(0),
  /** Give the number of the first class. */
  SAY_OFFSET(0),
  /** Expect no digest, or read one archive. */
  NO_DIGEST(0),
  /** Give a dataset of encoded images, or this one's source. */
  ENCODED_IMAGES(0),
  /** Write fewer shards. Fact: the maximum. */
  FEWER_SHARDS(1),
  /** Write more shards, so that each is smaller. */
  MORE_SHARDS(0),
  /** Repair the source. */
  REPAIR(0),
  /** Repair the source, or allow more rejected images. */
  REPAIR_OR_ALLOW_REJECTIONS(0);

  private final int facts;

  SourceRemedy(int facts) {
    this.facts = facts;
  }

  @Override
  public int facts() {
    return facts;
  }
}
