package ghostbeam.transforms.stream;

import ghostbeam.transforms.format.Block;
import java.io.Serializable;
import java.util.Map;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * A summary of one block.
 *
 * @param records number of records assigned to shards, including faulty ones
 * @param unlabelled number of records without a class, which are dropped
 * @param skipped number of files that belong to no record
 * @param example the first skipped file, or empty
 * @param lines the records' keys and lengths in file order
 * @param classes class names by label, of the labels that occur
 */
@DefaultCoder(SerializableCoder.class)
public record BlockSummary(
    Block block,
    long records,
    long unlabelled,
    long skipped,
    String example,
    RecordLines lines,
    Map<Integer, String> classes)
    implements BlockOutput, Serializable {}
