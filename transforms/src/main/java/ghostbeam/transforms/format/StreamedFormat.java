package ghostbeam.transforms.format;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/**
 * A form in which files hold many labelled images each and are read forwards. A new one is a class
 * and its line in {@link SourceFormats}.
 */
public interface StreamedFormat {
  /** Longest image, and longest record, that is read, in bytes. */
  int LONGEST_RECORD = 64 << 20;

  /** By which it is asked for, such as {@code webdataset}. */
  String name();

  /** What to call its files in a message, such as {@code WebDataset tars}. */
  String title();

  /**
   * Whether a file has this form, told by its first bytes and its first records' keys, whatever it
   * is called.
   */
  boolean fits(Storage storage, Storage.Entry file) throws IOException;

  /** A file as what one worker reads; all of it if not said otherwise. */
  default List<Block> blocks(Storage storage, Block file) throws IOException {
    return List.of(file);
  }

  /**
   * Reads a block forwards, until its end or until the sink has enough.
   *
   * @param sink takes its records in their order, each once
   * @throws IOException if it cannot be read or is damaged; the message says where
   */
  void read(Storage storage, Block block, Sink sink) throws IOException;

  /**
   * Reads no more of a block's beginning than it takes to know what its first records are called
   * and of which class they are; their bytes may be left out.
   */
  default void peek(Storage storage, Block block, Sink sink) throws IOException {
    read(storage, block, sink);
  }

  /**
   * The path of a list of classes that lies beside a file of this form, as {@code --classes} takes
   * it; empty where none does.
   *
   * @param split of the files
   */
  default String classesBeside(Storage storage, Block file, String split) throws IOException {
    return "";
  }

  /**
   * How many records a split's blocks hold, where they or something beside their files tell; empty
   * where only reading would.
   */
  default OptionalLong count(Storage storage, List<Block> blocks, String split) throws IOException {
    return blocks.stream().anyMatch(block -> block.records() == Block.UNKNOWN)
        ? OptionalLong.empty()
        : OptionalLong.of(blocks.stream().mapToLong(Block::records).sum());
  }

  /** What takes a block's records. */
  interface Sink {
    /** Takes a record; false asks for no more. */
    boolean take(StreamedRecord row) throws IOException;

    /** Hears of a file in the block that is part of no record. */
    default void passOver(String path) {}
  }
}
