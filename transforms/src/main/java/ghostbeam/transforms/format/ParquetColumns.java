package ghostbeam.transforms.format;

import ghostbeam.transforms.source.InvalidSourceException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * The columns of labelled images in a Parquet file, as in Hugging Face datasets.
 *
 * @param bytes {@code image.bytes}, or {@code image} itself
 * @param path {@code image.path}, the image's file name; optional
 * @param label {@code label}, an integer
 */
record ParquetColumns(
    ColumnDescriptor bytes, Optional<ColumnDescriptor> path, ColumnDescriptor label) {

  /** Top-level columns that are read, with everything in a struct of that name. */
  static final List<String> NAMES = List.of("image", "label");

  /** Finds the columns; throws, listing the file's columns, if one is missing or mistyped. */
  static ParquetColumns of(String file, MessageType schema) throws InvalidSourceException {
    Optional<ColumnDescriptor> inside = find(schema, "image", "bytes");
    ColumnDescriptor bytes = inside.or(() -> find(schema, "image")).orElse(null);
    ColumnDescriptor label = find(schema, "label").orElse(null);
    if (bytes == null || label == null) {
      throw new InvalidSourceException(
          "%s has the columns %s; expected image, bytes or a struct of bytes and path, and label"
              .formatted(file, String.join(", ", names(schema))));
    }
    require(file, bytes, List.of(PrimitiveTypeName.BINARY), type -> type == null);
    require(
        file,
        label,
        List.of(PrimitiveTypeName.INT64, PrimitiveTypeName.INT32),
        type -> type == null || type instanceof IntLogicalTypeAnnotation);
    Optional<ColumnDescriptor> path = inside.flatMap(found -> find(schema, "image", "path"));
    if (path.isPresent()) {
      require(file, path.get(), List.of(PrimitiveTypeName.BINARY), type -> true);
    }
    return new ParquetColumns(bytes, path, label);
  }

  private static Optional<ColumnDescriptor> find(MessageType schema, String... path) {
    return schema.containsPath(path) && schema.getType(path).isPrimitive()
        ? Optional.of(schema.getColumnDescription(path))
        : Optional.empty();
  }

  private static List<String> names(MessageType schema) {
    return schema.getPaths().stream().map(path -> String.join(".", path)).limit(12).toList();
  }

  /**
   * Refuses a column of another physical type, or of a logical type with another meaning, such as a
   * date or a decimal.
   */
  private static void require(
      String file,
      ColumnDescriptor column,
      List<PrimitiveTypeName> types,
      Predicate<LogicalTypeAnnotation> meanings)
      throws InvalidSourceException {
    PrimitiveTypeName type = column.getPrimitiveType().getPrimitiveTypeName();
    LogicalTypeAnnotation meaning = column.getPrimitiveType().getLogicalTypeAnnotation();
    if (!types.contains(type) || column.getMaxRepetitionLevel() > 0 || !meanings.test(meaning)) {
      throw new InvalidSourceException(
          "%s has the column %s of type %s%s%s, expected one %s per row"
              .formatted(
                  file,
                  String.join(".", column.getPath()),
                  column.getMaxRepetitionLevel() > 0 ? "list of " : "",
                  type,
                  types.contains(type) && meaning != null ? " (" + meaning + ")" : "",
                  types.get(0)));
    }
  }

  /** The schema restricted to these columns, optionally without the image bytes. */
  MessageType projected(MessageType schema, boolean withImages) {
    Stream<Type> image = withImages ? Stream.of(schema.getType("image")) : withoutBytes(schema);
    return new MessageType(
        schema.getName(), Stream.concat(image, Stream.of(schema.getType("label"))).toList());
  }

  private Stream<Type> withoutBytes(MessageType schema) {
    return path.stream()
        .map(
            column ->
                schema
                    .getType("image")
                    .asGroupType()
                    .withNewFields(schema.getType(column.getPath())));
  }
}
