package ghostbeam.transforms.ingest;

/** A source image's metadata, independent of where its bytes are. */
public interface LabelledImage {

  /** Its name in messages and in the list of rejections; unique in its source. */
  String key();

  /** The class's label, from 0. */
  int label();

  /** The class's name. */
  String synset();

  /** The image's file name. */
  String filename();
}
