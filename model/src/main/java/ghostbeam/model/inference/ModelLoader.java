package ghostbeam.model.inference;

import ghostbeam.model.torchscript.Precision;
import java.io.IOException;
import java.io.Serializable;

/** Makes a classifier of a file that was looked at before; records, so that equals tells them. */
public interface ModelLoader extends Serializable {
  /** What a classifier takes at most while it is open, in all slots together. */
  long memoryBytes();

  /**
   * A classifier.
   *
   * @param path of the file, for messages
   * @param file its bytes, which the classifier may keep
   * @throws IOException where they are not those of such a file
   */
  Classifier load(String path, byte[] file, Precision precision) throws IOException;
}
