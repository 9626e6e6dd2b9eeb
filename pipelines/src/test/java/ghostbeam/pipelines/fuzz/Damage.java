package ghostbeam.pipelines.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Damages files: bits, bytes, numbers of every width and spelling, cuts, repeats, splices of two,
 * and the fields that a format's readers trust.
 *
 * @param corpus sound files to start from
 * @param fields where lengths, counts and offsets lie, by the bytes they follow
 */
record Damage(List<byte[]> corpus, List<Field> fields) {
  private static final int LONGEST = 1 << 16;
  private static final List<Byte> FILLS = List.of((byte) 0, (byte) -1, (byte) 32, (byte) 47);

  /**
   * A number at a place relative to an occurrence of some bytes.
   *
   * @param anchor the bytes, as Latin-1
   * @param offset from the anchor's first byte to the number's
   * @param width of the number in bytes
   * @param little whether its lowest byte comes first
   */
  record Field(String anchor, int offset, int width, boolean little) {}

  /** Fields of one width after one anchor. */
  static List<Field> fields(String anchor, boolean little, int width, int... offsets) {
    return Arrays.stream(offsets).mapToObj(at -> new Field(anchor, at, width, little)).toList();
  }

  /** One to six wounds on a file of the corpus. */
  byte[] apply(Dice dice) {
    byte[] file = dice.of(corpus).clone();
    int wounds = 1 + dice.below(dice.oneIn(2) ? 2 : 6);
    for (int i = 0; i < wounds; i++) {
      file = wound(file, dice);
    }
    return file;
  }

  private byte[] wound(byte[] file, Dice dice) {
    if (file.length == 0) {
      return dice.of(corpus).clone();
    }
    if (!fields.isEmpty() && dice.oneIn(2)) {
      return field(file, dice);
    }
    int at = dice.below(file.length);
    int length = 1 + dice.below(Math.min(file.length - at, dice.oneIn(4) ? LONGEST : 32));
    return switch (dice.below(12)) {
      case 0 -> Arrays.copyOf(file, at);
      case 1 -> splice(file, at, dice);
      case 2 -> number(file, at, dice);
      case 3 -> digits(file, at, dice);
      case 4 -> replaced(file, at, 0, varint(dice.extreme()));
      case 5 -> replaced(file, at, length, new byte[0]);
      case 6 -> replaced(file, at, 0, Arrays.copyOfRange(file, at, at + length));
      case 7 -> filled(file, at, length, dice.of(FILLS));
      case 8 -> replaced(file, at, length, Arrays.copyOfRange(file, 0, dice.below(at + 1)));
      case 9 -> set(file, at, (byte) dice.any());
      default -> set(file, at, (byte) (file[at] ^ (1 << dice.below(8))));
    };
  }

  private byte[] field(byte[] file, Dice dice) {
    Field field = dice.of(fields);
    byte[] anchor = field.anchor.getBytes(ISO_8859_1);
    int start = dice.below(file.length);
    for (int i = 0; i < file.length; i++) {
      int at = (start + i) % file.length;
      int place = at + field.offset;
      if (Arrays.equals(
              file, at, Math.min(file.length, at + anchor.length), anchor, 0, anchor.length)
          && place >= 0
          && place + field.width <= file.length) {
        return put(file, place, field.width, field.little, value(file, dice));
      }
    }
    return number(file, start, dice);
  }

  /** An extreme, or a number that has to do with the file. */
  private static long value(byte[] file, Dice dice) {
    return switch (dice.below(4)) {
      case 0 -> dice.below(file.length + 1);
      case 1 -> file.length + (long) dice.below(64) - 32;
      default -> dice.extreme();
    };
  }

  private static byte[] number(byte[] file, int at, Dice dice) {
    int width = Math.min(1 << dice.below(4), file.length - at);
    return put(file, at, width, dice.oneIn(2), value(file, dice));
  }

  private static byte[] put(byte[] file, int at, int width, boolean little, long value) {
    byte[] number = ByteBuffer.allocate(8).order(ByteOrder.BIG_ENDIAN).putLong(value).array();
    for (int i = 0; i < width; i++) {
      file[at + (little ? width - 1 - i : i)] = number[8 - width + i];
    }
    return file;
  }

  /** Another number where one is spelt in digits. */
  private static byte[] digits(byte[] file, int start, Dice dice) {
    int from = start;
    while (from < file.length && (file[from] < '0' || file[from] > '9')) {
      from++;
    }
    int to = from;
    while (to < file.length && file[to] >= '0' && file[to] <= '9') {
      to++;
    }
    String number = Long.toString(dice.extreme());
    if (dice.oneIn(3)) { // as a tar spells it: octal, of the same width
      number = Long.toOctalString(dice.extreme());
      number = "0".repeat(Math.max(0, to - from - number.length())) + number;
      number = number.substring(number.length() - (to - from));
    }
    return replaced(file, from, to - from, number.getBytes(ISO_8859_1));
  }

  private byte[] splice(byte[] file, int at, Dice dice) {
    byte[] other = dice.of(corpus);
    return replaced(file, at, file.length - at, other, dice.below(other.length + 1), other.length);
  }

  private static byte[] set(byte[] file, int at, byte value) {
    file[at] = value;
    return file;
  }

  private static byte[] filled(byte[] file, int at, int length, byte value) {
    Arrays.fill(file, at, at + length, value);
    return file;
  }

  static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  static byte[] replaced(byte[] file, int at, int length, byte[] by) {
    return replaced(file, at, length, by, 0, by.length);
  }

  private static byte[] replaced(byte[] file, int at, int length, byte[] by, int from, int to) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file, 0, at);
    out.write(by, from, to - from);
    out.write(file, at + length, file.length - at - length);
    return out.toByteArray();
  }
}
