package ghostbeam.transforms.format;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/**
 * A format whose files hold many labelled images each and are read sequentially. To add one, write
 * a class and list it in {@link SourceFormats}.
 */
public interface StreamedFormat {
  /** Limit for one image and for one record, in bytes. */
  int LONGEST_RECORD = 64 << 20;

  /** The name by which a user requests it, such as {@code webdataset}. */
  String name();

  /** Its files' name in messages, such as {@code WebDataset tars}. */
  String title();

  /**
   * Whether a file has this format, judging by its first bytes and the keys of its first records,
   * not by its name.
   */
  boolean fits(Storage storage, Storage.Entry file) throws IOException;

  /** Divides a file into blocks, each read by one worker; by default the whole file is one. */
  default List<Block> blocks(Storage storage, Block file) throws IOException {
    return List.of(file);
  }

  /**
   * Reads a block from its start, until its end or until the sink asks for no more.
   *
   * @param sink receives the records in file order, each once
   * @throws IOException if the block cannot be read or is damaged; the message says where
   */
  void read(Storage storage, Block block, Sink sink) throws IOException;

  /**
   * Reads only as much of a block's start as the names and labels of its first records need; their
   * image bytes may be missing.
   */
  default void peek(Storage storage, Block block, Sink sink) throws IOException {
    read(storage, block, sink);
  }

  /**
   * The path of a class list stored beside a file, in a form that {@code ClassList} reads; empty if
   * there is none.
   *
   * @param split of the files
   */
  default String classesBeside(Storage storage, Block file, String split) throws IOException {
    return "";
  }

  /** The number of records in a split's blocks, if it is known without reading the records. */
  default OptionalLong count(Storage storage, List<Block> blocks, String split) throws IOException {
    return blocks.stream().anyMatch(block -> block.records() == Block.UNKNOWN)
        ? OptionalLong.empty()
        : OptionalLong.of(blocks.stream().mapToLong(Block::records).sum());
  }

  /** Receives a block's records. */
  interface Sink {
    /** Takes a record; returns whether to go on. */
    boolean take(StreamedRecord row) throws IOException;

    /** Called for a file in the block that belongs to no record. */
    default void skip(String path) {}
  }
}
