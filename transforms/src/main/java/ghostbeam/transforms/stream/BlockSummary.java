package ghostbeam.transforms.stream;

import ghostbeam.transforms.format.Block;
import java.io.Serializable;
import java.util.Map;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * What a block held.
 *
 * @param records those that have found a place, faulty ones too
 * @param unlabelled those that have no class, and were left out
 * @param skipped files that are part of no record
 * @param example the first of those, or empty
 * @param lines the records' keys and lengths in their order
 * @param classes the names of its records' classes by label
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
