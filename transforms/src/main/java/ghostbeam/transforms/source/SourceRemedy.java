package ghostbeam.transforms.source;

import ghostbeam.model.failure.Remedy;

/** What can be done about a source of which no dataset can be made as was asked. */
public enum SourceRemedy implements Remedy {
  /** To say which form it has. Fact: the forms that it may have. */
  CHOOSE_FORMAT(1),
  /** To let the form be told. Facts: the form that was asked for, and the archive to give whole. */
  NO_FORMAT(2),
  /** To read one of several folders. Fact: the first of them. */
  ONE_FOLDER(1),
  /** To read a folder further down, if classes lie deeper. Fact: such a folder. */
  DEEPER_FOLDER(1),
  /** To read the tars in a folder, if each is a class. Fact: the folder. */
  TARS_OF_CLASSES(1),
  /** Another split. */
  CHOOSE_SPLIT(0),
  /** Another split or source, since this one has no classes. */
  OTHER_SPLIT_OR_SOURCE(0),
  /** A file that says the class of each image, if all lie in one folder. */
  LABELS_FILE(0),
  /** The same, or to take away images whose names do not say their class. */
  MOVE_OR_LABELS_FILE(0),
  /** No such file, since the records say their classes. */
  NO_LABELS_FILE(0),
  /** A list of classes. */
  LIST_CLASSES(0),
  /** A list of classes with the class of number i in line i. */
  LIST_CLASSES_BY_NUMBER(0),
  /** A list of classes with a synset a line, for numbers. */
  LIST_SYNSETS(0),
  /** The list of classes that the labels are of. */
  RIGHT_CLASSES(0),
  /** The same, or to say that labels count from 1. */
  RIGHT_CLASSES_OR_FROM_ONE(0),
  /** The same, or to say from which number labels count. */
  RIGHT_CLASSES_OR_OFFSET(0),
  /** To say that labels count from 0, if they do. */
  COUNT_FROM_ZERO(0),
  /** To say that class folders count from 1, if they do. */
  FOLDERS_FROM_ONE(0),
  /** To say whether class folders count from 0 or from 1. */
  FOLDERS_FROM_ZERO_OR_ONE(0),
  /** To say from which number labels count. */
  SAY_OFFSET(0),
  /** A dataset of encoded images, or what it was made from. */
  ENCODED_IMAGES(0),
  /** Fewer shards. Fact: how many at most. */
  FEWER_SHARDS(1),
  /** More shards, so that each is smaller. */
  MORE_SHARDS(0),
  /** To repair it. */
  REPAIR(0),
  /** To repair it, or to do without more images. */
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
