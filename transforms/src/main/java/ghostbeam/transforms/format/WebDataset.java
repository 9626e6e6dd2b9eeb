package ghostbeam.transforms.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.tar.ForwardTar;
import ghostbeam.transforms.tar.Tar;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * WebDataset: a tar in which consecutive files with the same key, the name up to its first dot,
 * form one record: {@code key.jpg} with a number in {@code key.cls} or as {@code label} in {@code
 * key.json}. Files with other extensions are skipped.
 */
final class WebDataset implements StreamedFormat {
  private static final Set<String> IMAGES =
      Set.of(
          "jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "gif", "tif", "tiff", "ppm", "pgm");

  private static final String CLASS = "cls";
  private static final String JSON = "json";
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final int LONGEST_LABEL = 1 << 20;
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");

  /** Files at the start of a tar probed for an image and its label; each may cost a request. */
  private static final int PROBED_FILES = 8;

  @Override
  public String name() {
    return "webdataset";
  }

  @Override
  public String title() {
    return "WebDataset tars";
  }

  @Override
  public boolean fits(Storage storage, Storage.Entry file) throws IOException {
    if (!new Tar().matchesStart(Magic.first(storage, file, Tar.START))) {
      return false;
    }
    Map<String, Set<String>> kinds = new HashMap<>();
    try (ForwardTar tar = ForwardTar.peek(storage, file)) {
      for (int i = 0; i < PROBED_FILES && tar.next(); i++) {
        Member member = Member.of(tar.path());
        if (!FileNames.isHidden(member.path()) && (member.isLikeImage() || member.isLabel(tar))) {
          Set<String> found = kinds.computeIfAbsent(member.key(), key -> new HashSet<>());
          found.add(member.isLikeImage() ? "image" : "label");
          if (found.size() == 2) {
            return true;
          }
        }
      }
    } catch (IOException e) {
      return false; // a reader of its actual format will report the problem
    }
    return false;
  }

  @Override
  public void read(Storage storage, Block block, Sink sink) throws IOException {
    try (ForwardTar tar = ForwardTar.open(storage, block.file())) {
      Reading reading = new Reading(block, sink);
      boolean more = true;
      while (more && tar.next()) {
        if (FileNames.isHidden(tar.path())) {
          sink.skip(tar.path());
        } else {
          more = reading.take(tar);
        }
      }
      if (more) {
        reading.end();
      }
    }
  }

  /**
   * A member's name, split at its first dot.
   *
   * @param key shared by all files of a record
   * @param kind the extension, in lower case
   */
  private record Member(String path, String key, String kind) {
    static Member of(String path) {
      int dot = path.indexOf('.', path.lastIndexOf('/') + 1);
      return dot < 0
          ? new Member(path, path, "")
          : new Member(
              path, path.substring(0, dot), path.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    /** Also true of a mask beside an image, or of an image whose name has an extra dot. */
    boolean isLikeImage() {
      return IMAGES.contains(kind.substring(kind.lastIndexOf('.') + 1));
    }

    boolean isImage() {
      return IMAGES.contains(kind);
    }

    boolean isLabel(ForwardTar tar) throws IOException {
      return kind.equals(CLASS)
          || kind.endsWith("." + CLASS) // the key has dots, which is refused later with a message
          || (kind.equals(JSON)
              && MAPPER.readTree(tar.read(LONGEST_LABEL)).path("label").isIntegralNumber());
    }
  }

  /** Groups a tar's files into records. */
  private static final class Reading {
    private final Block block;
    private final Sink sink;
    private final Set<String> keys = new HashSet<>();
    private long position;
    private String key = "";
    private String image = "";
    private String likeImage = "";
    private byte[] bytes;
    private Long label;
    private String otherLabel = "";

    Reading(Block block, Sink sink) {
      this.block = block;
      this.sink = sink;
    }

    boolean take(ForwardTar tar) throws IOException {
      Member member = Member.of(tar.path());
      boolean more = true;
      if (!member.key().equals(key)) {
        more = flush();
        key = member.key();
        if (!keys.add(key)) {
          throw unfit("holds the key " + key + " in two places; pack it again");
        }
      }
      if (more && member.isImage()) {
        if (bytes != null) {
          throw unfit("holds two images under the key " + key + "; pack it again");
        }
        image = member.path();
        bytes = tar.read(LONGEST_RECORD);
      } else if (more && member.kind().equals(CLASS)) {
        label(number(member, new String(tar.read(LONGEST_LABEL), UTF_8).strip()));
      } else if (more && member.kind().equals(JSON)) {
        JsonNode found = json(member, tar).path("label");
        if (found.isIntegralNumber()) {
          label(number(member, found.asText()));
        } else if (!found.isMissingNode() && !found.isNull()) {
          otherLabel = noNumber(member, found.asText()); // fine if a .cls has the number
        }
      } else if (more) {
        likeImage = member.isLikeImage() ? member.path() : likeImage;
        sink.skip(member.path());
      }
      return more;
    }

    private JsonNode json(Member member, ForwardTar tar) throws IOException {
      try {
        return MAPPER.readTree(tar.read(LONGEST_LABEL));
      } catch (JacksonException e) {
        throw unfit("holds " + member.path() + ", which is not JSON; pack it again");
      }
    }

    private long number(Member member, String text) throws IOException {
      if (!NUMBER.matcher(text).matches()) {
        throw unfit(noNumber(member, text));
      }
      return Long.parseLong(text);
    }

    private static String noNumber(Member member, String text) {
      return "holds %s with the label '%s', expected the number of a class"
          .formatted(member.path(), text.length() > 40 ? text.substring(0, 40) + "…" : text);
    }

    private void label(long found) throws IOException {
      if (label != null && label != found) {
        throw unfit("labels the key %s both %d and %d; pack it again".formatted(key, label, found));
      }
      label = found;
    }

    /** Passes on the record of the previous key. */
    private boolean flush() throws IOException {
      boolean more = true;
      if (bytes != null && label == null && !otherLabel.isEmpty()) {
        throw unfit(otherLabel);
      }
      if (bytes != null && label == null) {
        throw unfit(
            "holds %1$s without a label; expected %2$s.cls with a number, or %2$s.json with \"label\""
                .formatted(image, key));
      }
      if (bytes == null && label != null) {
        throw unfit("holds a label for the key " + key + ", but no image");
      }
      if (bytes != null) {
        more =
            sink.take(
                new StreamedRecord(
                    position++,
                    block.name() + "/" + image,
                    FileNames.last(image),
                    bytes,
                    new RawLabel(label, 0, ""),
                    ""));
      }
      if (bytes == null && !likeImage.isEmpty()) {
        throw unfit(
            "holds %1$s without a label or an image %2$s.jpg; a key ends at its first dot"
                .formatted(likeImage, key));
      }
      likeImage = "";
      bytes = null;
      label = null;
      otherLabel = "";
      return more;
    }

    void end() throws IOException {
      if (flush() && position == 0) {
        throw unfit("holds no images; leave it out or pack it again");
      }
    }

    private InvalidSourceException unfit(String reason) {
      return new InvalidSourceException(FileNames.shown(block.path() + " " + reason));
    }
  }
}
