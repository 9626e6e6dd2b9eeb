package ghostbeam.model.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * A reader of Python's pickles that can build tensors, dicts, lists, numbers and texts, and nothing
 * else. A pickle is a program that calls what it names; here a name is looked up in a list of
 * {@link PickleGlobals.Callable}s, none of which runs code, and one that is not on it is refused
 * before anything else is read.
 *
 * <p>What Python has becomes: a dict a {@link Map} in its order, a list or tuple a {@link List}, a
 * whole number a Long, a float a Double, a text a String, None null, a tensor a {@link
 * PickleGlobals.Tensor}, all else that is harmless {@link PickleGlobals#NOTHING}. Memory is of the
 * order of the pickle's bytes.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">the format</a>
 */
final class Pickle {
  private static final Object MARK = new Object();
  private static final int LONGEST_LINE = 1 << 12;

  private final ByteBuffer in;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();
  private final Map<String, PickleGlobals.Store> stores;

  private final PickleGlobals.Names names;

  private Pickle(
      ByteBuffer in, Map<String, PickleGlobals.Store> stores, PickleGlobals.Names names) {
    this.in = in;
    this.stores = stores;
    this.names = names;
  }

  /**
   * The value of one pickle, of any protocol up to 5; the buffer stands behind it then.
   *
   * @param stores takes all that the pickle names, by their keys
   * @throws IOException if it is damaged, or names what may not be called; says what
   */
  static Object read(ByteBuffer in, Map<String, PickleGlobals.Store> stores) throws IOException {
    return read(in, stores, PickleGlobals::of);
  }

  /** The same of a pickle that may name other things than {@link PickleGlobals#of} knows. */
  static Object read(
      ByteBuffer in, Map<String, PickleGlobals.Store> stores, PickleGlobals.Names names)
      throws IOException {
    ByteOrder order = in.order();
    try {
      return new Pickle(in.order(ByteOrder.LITTLE_ENDIAN), stores, names).run();
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | NoSuchElementException
        | NumberFormatException
        | ClassCastException e) {
      throw new IOException("its pickle is cut or damaged", e);
    } finally {
      in.order(order);
    }
  }

  private Object run() throws IOException {
    while (true) {
      int code = in.get() & 0xFF;
      if (code == '.') {
        return pop();
      }
      step(code);
    }
  }

  private void step(int code) throws IOException {
    switch (code) {
      case 0x80 -> in.get(); // the protocol
      case 0x95 -> in.getLong(); // a frame's length
      case '(' -> push(MARK);
      case '0' -> pop();
      case '1' -> afterMark();
      case '2' -> push(top());
      case 'N' -> push(null);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'I', 'L' -> push(decimal(line()));
      case 'J' -> push((long) in.getInt());
      case 'K' -> push((long) (in.get() & 0xFF));
      case 'M' -> push((long) (in.getShort() & 0xFFFF));
      case 0x8A -> push(whole(in.get() & 0xFF));
      case 0x8B -> push(whole(in.getInt()));
      case 'F' -> push(Double.valueOf(line()));
      case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
      case 'S', 'V' -> push(line());
      case 'X', 'T', 'B' -> push(text(in.getInt()));
      case 0x8C, 'U', 'C' -> push(text(in.get() & 0xFF));
      case 0x8D, 0x8E, 0x96 -> push(text(in.getLong()));
      case ']', 0x8F -> push(new ArrayList<>());
      case ')' -> push(new ArrayList<>());
      case '}' -> push(new LinkedHashMap<>());
      case 'l', 't', 0x91 -> push(afterMark());
      case 0x85 -> push(last(1));
      case 0x86 -> push(last(2));
      case 0x87 -> push(last(3));
      case 'd' -> push(putAll(new LinkedHashMap<>(), afterMark()));
      case 'a' -> append(last(1));
      case 'e', 0x90 -> append(afterMark());
      case 's' -> put(last(2));
      case 'u' -> put(afterMark());
      case 'p' -> memo.put(Integer.valueOf(line()), top());
      case 'q' -> memo.put(in.get() & 0xFF, top());
      case 'r' -> memo.put(in.getInt(), top());
      case 0x94 -> memo.put(memo.size(), top());
      case 'g' -> push(known(Integer.valueOf(line())));
      case 'h' -> push(known(in.get() & 0xFF));
      case 'j' -> push(known(in.getInt()));
      case 'c' -> push(names.of(line(), line()));
      case 0x93 -> {
        List<Object> name = last(2);
        push(names.of((String) name.get(0), (String) name.get(1)));
      }
      case 'R', 0x81 -> call(last(2));
      case 'b' -> build(last(1).get(0));
      case 'Q' -> push(store(PickleGlobals.list(last(1).get(0))));
      default -> throw new IOException("its pickle has the operation 0x%02x".formatted(code));
    }
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object top() {
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    return stack.remove(stack.size() - 1);
  }

  private List<Object> last(int count) {
    return cut(stack.size() - count, stack.size() - count);
  }

  private List<Object> afterMark() {
    int mark = stack.size() - 1;
    while (stack.get(mark) != MARK) {
      mark--;
    }
    return cut(mark + 1, mark);
  }

  /** What lies from a place on, taken away from another one on. */
  private List<Object> cut(int from, int end) {
    List<Object> values = new ArrayList<>(stack.subList(from, stack.size()));
    stack.subList(end, stack.size()).clear();
    return values;
  }

  private Object known(int number) {
    if (!memo.containsKey(number)) {
      throw new NoSuchElementException();
    }
    return memo.get(number);
  }

  private void append(List<Object> values) throws IOException {
    if (top() != PickleGlobals.NOTHING) {
      PickleGlobals.list(top()).addAll(values);
    }
  }

  @SuppressWarnings("unchecked") // dicts are made here alone
  private void put(List<Object> values) throws IOException {
    if (top() instanceof Map<?, ?> dict) {
      putAll((Map<Object, Object>) dict, values);
    } else if (top() != PickleGlobals.NOTHING) {
      throw new IOException("its pickle has something else where a dict must be");
    }
  }

  private static Map<Object, Object> putAll(Map<Object, Object> dict, List<Object> values) {
    for (int i = 0; i < values.size(); i += 2) {
      dict.put(PickleGlobals.key(values.get(i)), values.get(i + 1));
    }
    return dict;
  }

  private void call(List<Object> callableAndArguments) throws IOException {
    if (!(callableAndArguments.get(0) instanceof PickleGlobals.Callable callable)) {
      throw new IOException("its pickle calls what cannot be called");
    }
    push(callable.call(PickleGlobals.list(callableAndArguments.get(1))));
  }

  /** State is left out of what is kept: an ordered dict's holds versions of modules. */
  private void build(Object unused) throws IOException {
    if (top() != PickleGlobals.NOTHING
        && !(top() instanceof Map)
        && !(top() instanceof PickleGlobals.Tensor)) {
      throw new IOException("its pickle sets the state of what has none");
    }
  }

  private Object store(List<?> id) throws IOException {
    if (id.size() >= 5 && id.get(1) == PickleGlobals.Callable.HARMLESS) {
      return PickleGlobals.NOTHING; // of a type that only modules have, such as quantised
    }
    boolean sound =
        id.size() >= 5
            && "storage".equals(id.get(0))
            && id.get(1) instanceof Dtype
            && id.get(2) instanceof String;
    if (!sound || (id.size() > 5 && id.get(5) != null)) {
      throw new IOException("its pickle names a storage in a way that PyTorch since 1.0 does not");
    }
    PickleGlobals.Store store =
        new PickleGlobals.Store(
            (Dtype) id.get(1), (String) id.get(2), PickleGlobals.count(id.get(4)));
    PickleGlobals.Store known = stores.putIfAbsent(store.key(), store);
    if (known != null && !known.equals(store)) {
      throw new IOException(
          "its pickle says two things of storage " + PickleGlobals.printable(store.key()));
    }
    return store;
  }

  private Object decimal(String digits) {
    String plain = digits.endsWith("L") ? digits.substring(0, digits.length() - 1) : digits;
    return switch (plain) {
      case "00" -> false;
      case "01" -> true;
      default -> number(new BigInteger(plain));
    };
  }

  private Object whole(int bytes) {
    byte[] digits = bytes(bytes);
    for (int i = 0, j = digits.length - 1; i < j; i++, j--) {
      byte kept = digits[i];
      digits[i] = digits[j];
      digits[j] = kept;
    }
    return number(digits.length == 0 ? BigInteger.ZERO : new BigInteger(digits));
  }

  private static Object number(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private byte[] bytes(long count) {
    if (count < 0 || count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[(int) count];
    in.get(bytes);
    return bytes;
  }

  private String text(long count) {
    return new String(bytes(count), UTF_8);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (byte next = in.get(); next != '\n'; next = in.get()) {
      if (line.length() == LONGEST_LINE) {
        throw new IOException(
            "its pickle has a line of more than %d bytes".formatted(LONGEST_LINE));
      }
      line.append((char) (next & 0xFF));
    }
    return line.toString();
  }

  /** The number with which {@code torch.save} began before it wrote zips. */
  static boolean isLegacyMagic(Object value) {
    return value instanceof BigInteger number
        && Arrays.equals(
            number.toByteArray(),
            new byte[] {
              0x19, 0x50, (byte) 0xA8, 0x6A, 0x20, (byte) 0xF9, 0x46, (byte) 0x9C, (byte) 0xFC, 0x6C
            });
  }
}
