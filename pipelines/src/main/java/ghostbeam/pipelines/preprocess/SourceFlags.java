package ghostbeam.pipelines.preprocess;

import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.ingest.ImageSource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Reads {@link SourceOptions}; an invalid flag throws {@link UsageException}. */
public final class SourceFlags {
  private SourceFlags() {}

  /** The source that {@code --input} names, with absolute paths. */
  public static ImageSource source(String input, SourceOptions options) {
    List<String> inputs =
        (Launch.isOnePath(input) ? Stream.of(input) : Arrays.stream(input.split(",", -1)))
            .map(one -> place(one.strip()))
            .toList();
    ImageSource source =
        ImageSource.of(inputs, options.getSplit())
            .withLabels(file(options.getLabels()))
            .withClasses(classes(options.getClasses()))
            .withLabelOffset(options.getLabelOffset());
    return options.getFormat().equals(SourceFormats.AUTO) ? source.refusingStreams() : source;
  }

  /** The format given by {@code --format}. */
  public static String format(SourceOptions options) {
    String format = options.getFormat();
    String expected = String.join(", ", SourceFormats.names());
    UsageException.require(SourceFormats.names().contains(format), "format", format, expected);
    return format;
  }

  /** Absolute, keeping the final slash of {@code !/}, which is not a folder's. */
  private static String place(String input) {
    String place = Launch.place("input", input);
    return input.endsWith("!/") && place.endsWith("!") ? place + "/" : place;
  }

  private static String file(String path) {
    return path == null ? "" : Launch.absolute(path);
  }

  /** The absolute path of a list, or a number of classes. */
  private static String classes(String given) {
    return given != null && given.matches("[0-9]+") ? given : file(given);
  }
}
