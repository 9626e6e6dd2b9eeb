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
 * A safe reader of Python pickles, which builds only tensors, dicts, lists, numbers and strings. A
 * pickle is a program that calls whatever it names. Here names are looked up in a fixed list of
 * {@link PickleGlobals.Callable}s, none of which runs code; any other name is rejected before
 * reading on.
 *
 * <p>Python's values become: dict an ordered {@link Map}, list or tuple a {@link List}, int a Long,
 * float a Double, str a String, None null, tensor a {@link PickleGlobals.Tensor}, anything else
 * that is harmless {@link PickleGlobals#IGNORED}. Memory use is proportional to the pickle's size.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">the format</a>
 */
final class PickleReader {
  private static final Object MARK = new Object();
  private static final int MAX_LINE = 1 << 12;

  private final ByteBuffer in;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();
  private final Map<String, PickleGlobals.Store> stores;

  private final PickleGlobals.Names names;

  private PickleReader(
      ByteBuffer in, Map<String, PickleGlobals.Store> stores, PickleGlobals.Names names) {
    this.in = in;
    this.stores = stores;
    this.names = names;
  }

  /**
   * Reads one pickle of any protocol up to 5 and leaves the buffer positioned after it.
   *
   * @param stores receives the storages that the pickle refers to, by key
   * @throws IOException if it is damaged, or names something that may not be called
   */
  static Object read(ByteBuffer in, Map<String, PickleGlobals.Store> stores) throws IOException {
    return read(in, stores, PickleGlobals::of);
  }

  /** The same with other rules for names than {@link PickleGlobals#of}. */
  static Object read(
      ByteBuffer in, Map<String, PickleGlobals.Store> stores, PickleGlobals.Names names)
      throws IOException {
    ByteOrder order = in.order();
    try {
      return new PickleReader(in.order(ByteOrder.LITTLE_ENDIAN), stores, names).run();
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | NoSuchElementException
        | NumberFormatException
        | ClassCastException e) {
      throw new IOException("its pickle is cut short or damaged", e);
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
      case 0x80 -> in.get(); // protocol
      case 0x95 -> in.getLong(); // frame length
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

  /** The stack's values from index {@code from}; truncates the stack to {@code end}. */
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
    if (top() != PickleGlobals.IGNORED) {
      PickleGlobals.list(top()).addAll(values);
    }
  }

  @SuppressWarnings("unchecked") // all dicts are created here
  private void put(List<Object> values) throws IOException {
    if (top() instanceof Map<?, ?> dict) {
      putAll((Map<Object, Object>) dict, values);
    } else if (top() != PickleGlobals.IGNORED) {
      throw new IOException("its pickle has something other than a dict where one is required");
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
      throw new IOException("its pickle calls something that is not callable");
    }
    push(callable.call(PickleGlobals.list(callableAndArguments.get(1))));
  }

  /** State is dropped: an OrderedDict's holds versions of modules. */
  private void build(Object unused) throws IOException {
    if (top() != PickleGlobals.IGNORED
        && !(top() instanceof Map)
        && !(top() instanceof PickleGlobals.Tensor)) {
      throw new IOException("its pickle sets the state of an object that has none");
    }
  }

  private Object store(List<?> id) throws IOException {
    if (id.size() >= 5 && id.get(1) == PickleGlobals.Callable.HARMLESS) {
      return PickleGlobals.IGNORED; // a type that occurs only in modules, such as quantised
    }
    boolean sound =
        id.size() >= 5
            && "storage".equals(id.get(0))
            && id.get(1) instanceof Dtype
            && id.get(2) instanceof String;
    if (!sound || (id.size() > 5 && id.get(5) != null)) {
      throw new IOException(
          "its pickle refers to a storage in a form unknown to PyTorch 1.0 and later");
    }
    PickleGlobals.Store store =
        new PickleGlobals.Store(
            (Dtype) id.get(1), (String) id.get(2), PickleGlobals.count(id.get(4)));
    PickleGlobals.Store known = stores.putIfAbsent(store.key(), store);
    if (known != null && !known.equals(store)) {
      throw new IOException(
          "its pickle contradicts itself about storage " + PickleGlobals.printable(store.key()));
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
      if (line.length() == MAX_LINE) {
        throw new IOException("its pickle has a line of more than %d bytes".formatted(MAX_LINE));
      }
      line.append((char) (next & 0xFF));
    }
    return line.toString();
  }

  /**
   * Whether a value is the magic number of files that {@code torch.save} wrote before it wrote
   * zips.
   */
  static boolean isLegacyMagic(Object value) {
    return value instanceof BigInteger number
        && Arrays.equals(
            number.toByteArray(),
            new byte[] {
              0x19, 0x50, (byte) 0xA8, 0x6A, 0x20, (byte) 0xF9, 0x46, (byte) 0x9C, (byte) 0xFC, 0x6C
            });
  }
}
