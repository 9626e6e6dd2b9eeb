package ghostbeam.transforms.ingest;

/** What is known of a source's image beside its bytes, wherever those lie. */
public interface LabelledImage {

  /** What to call it in a message and in the list of rejections; unique in its source. */
  String key();

  /** The class's number, from 0. */
  int label();

  /** The class's name. */
  String synset();

  /** The image's own name. */
  String filename();
}
