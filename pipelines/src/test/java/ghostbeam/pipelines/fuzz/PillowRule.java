package ghostbeam.pipelines.fuzz;

import ghostbeam.model.codec.Pixels;
import java.nio.charset.StandardCharsets;

/** Why a file that we take may differ from what Pillow makes of it. */
enum PillowRule {
  /** Of 5 and 6 bits a colour Pillow makes 8 by dropping what is beyond a whole number. */
  BMP_OF_16_BITS_IS_ROUNDED {
    @Override
    boolean explains(String format, byte[] file, Pixels ours, Answer theirs) {
      return format.equals("BMP") && file[28] == 16 && largestDifference(ours, theirs) == 1;
    }
  },
  BMP_MASKS_THAT_PILLOW_LACKS {
    @Override
    boolean explains(String format, byte[] file, Pixels ours, Answer theirs) {
      return theirs.reason.contains("Unsupported BMP bitfields layout");
    }
  },
  BMP_HEADERS_THAT_PILLOW_LACKS {
    @Override
    boolean explains(String format, byte[] file, Pixels ours, Answer theirs) {
      return theirs.reason.contains("Unsupported BMP header type");
    }
  },
  /** Pillow compares 8 bits of a sample with all of the key, or the key with widened samples. */
  PNG_KEYS_OF_OTHER_THAN_8_BITS {
    @Override
    boolean explains(String format, byte[] file, Pixels ours, Answer theirs) {
      return format.equals("PNG") && file[24] != 8 && differsOnlyWhere(ours, theirs, WHITE);
    }
  },
  /** A key of a length that none has is none to libpng; Pillow reads its first bytes. */
  PNG_KEYS_OF_ANOTHER_LENGTH {
    @Override
    boolean explains(String format, byte[] file, Pixels ours, Answer theirs) {
      int key = new String(file, StandardCharsets.ISO_8859_1).indexOf("tRNS");
      return format.equals("PNG")
          && key > 0
          && file[key - 1] != (file[25] == 2 ? 6 : 2)
          && differsOnlyWhere(ours, theirs, WHITE);
    }
  },
  /** Without a colour in the table we show libpng's black, and Pillow a grey of its own. */
  PNG_COLOURS_BEYOND_THE_TABLE_ARE_BLACK {
    @Override
    boolean explains(String format, byte[] file, Pixels ours, Answer theirs) {
      return format.equals("PNG") && file[25] == 3 && differsOnlyWhere(ours, theirs, BLACK);
    }
  },
  /** And OpenCV's. */
  BMP_COLOURS_BEYOND_THE_TABLE_ARE_BLACK {
    @Override
    boolean explains(String format, byte[] file, Pixels ours, Answer theirs) {
      return format.equals("BMP") && file[28] <= 8 && differsOnlyWhere(ours, theirs, BLACK);
    }
  },
  /** Pillow reads checksums of chunks, too, that have no say in the pixels. */
  PNG_CHECKSUMS_OF_OTHER_CHUNKS {
    @Override
    boolean explains(String format, byte[] file, Pixels ours, Answer theirs) {
      return format.equals("PNG") && theirs.reason.contains("cannot identify image file");
    }
  },
  /** Behind an extension without content Pillow takes the frame for more of the extension. */
  GIF_EMPTY_EXTENSIONS {
    @Override
    boolean explains(String format, byte[] file, Pixels ours, Answer theirs) {
      return format.equals("GIF") && theirs.reason.contains("cannot identify image file");
    }
  },
  /** Pillow wants chunks, too, that stand behind the picture and have no say in it. */
  WEBP_CHUNKS_BEHIND_THE_PICTURE {
    @Override
    boolean explains(String format, byte[] file, Pixels ours, Answer theirs) {
      return format.equals("WEBP") && theirs.reason.contains("could not create decoder object");
    }
  };

  private static final int WHITE = 0xFFFFFF;
  private static final int BLACK = 0;

  /** Pillow's pixels, or why it gives none. */
  record Answer(Pixels pixels, String reason) {
    static Answer of(Pixels pixels) {
      return new Answer(pixels, "");
    }

    static Answer refusal(String reason) {
      return new Answer(null, reason);
    }
  }

  abstract boolean explains(String format, byte[] file, Pixels ours, Answer theirs);

  /** Of two samples at one place; 256 where sizes differ or there is none. */
  static int largestDifference(Pixels ours, Answer theirs) {
    Pixels pixels = theirs.pixels;
    if (pixels == null || pixels.width() != ours.width() || pixels.height() != ours.height()) {
      return 256;
    }
    int largest = 0;
    for (int i = 0; i < pixels.rgb().length; i++) {
      largest = Math.max(largest, Math.abs((ours.rgb()[i] & 0xFF) - (pixels.rgb()[i] & 0xFF)));
    }
    return largest;
  }

  /** True where all pixels that differ have one colour with us or with Pillow. */
  private static boolean differsOnlyWhere(Pixels ours, Answer theirs, int colour) {
    if (largestDifference(ours, theirs) > 255) {
      return false;
    }
    for (int i = 0; i < ours.rgb().length; i += 3) {
      int mine = colour(ours, i);
      int other = colour(theirs.pixels, i);
      if (mine != other && mine != colour && (other != colour || colour == BLACK)) {
        return false;
      }
    }
    return true;
  }

  private static int colour(Pixels pixels, int at) {
    byte[] rgb = pixels.rgb();
    return (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | (rgb[at + 2] & 0xFF);
  }
}
