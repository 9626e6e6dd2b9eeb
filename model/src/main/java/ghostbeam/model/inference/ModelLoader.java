package ghostbeam.model.inference;

import ghostbeam.model.torchscript.Precision;
import java.io.IOException;
import java.io.Serializable;

/**
 * Makes a classifier from a file that has been checked. Implementations are records, since loaders
 * are compared by equals.
 */
public interface ModelLoader extends Serializable {
  /** The maximum memory of an open classifier in bytes, for all slots together. */
  long memoryBytes();

  /**
   * Loads the classifier.
   *
   * @param path of the file, for messages
   * @param file its bytes, which the classifier may keep
   * @throws IOException where they are not those of a file of this format
   */
  Classifier load(String path, byte[] file, Precision precision) throws IOException;
}
