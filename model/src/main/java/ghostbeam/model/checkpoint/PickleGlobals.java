package ghostbeam.model.checkpoint;

import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a {@link PickleReader} may name, and what becomes of it; none of it runs code. */
final class PickleGlobals {
  /** Stands for any value that is not needed. */
  static final Object IGNORED = new Object();

  /**
   * A storage, whose elements a file keeps outside its pickle.
   *
   * @param key its name in the file
   * @param elements their number, according to the pickle
   */
  record Store(Dtype type, String key, long elements) {}

  /** A view of a storage; shape and strides are in elements, outermost first. */
  record Tensor(Store store, long offset, long[] shape, long[] strides) {}

  private PickleGlobals() {}

  /** Resolves names, as {@link #of} does. */
  @FunctionalInterface
  interface Names {
    Object of(String module, String name) throws IOException;
  }

  /** What a pickle may call. */
  enum Callable {
    ORDERED_DICT {
      @Override
      Object call(List<?> arguments) throws IOException {
        Map<Object, Object> dict = new LinkedHashMap<>();
        List<Object> pairs = arguments.isEmpty() ? List.of() : list(arguments.get(0));
        for (Object pair : pairs) {
          dict.put(key(list(pair).get(0)), list(pair).get(1));
        }
        if (!pairs.isEmpty()) {
          pairs.clear(); // a pickle could reuse the list many times, for a full dict each time
        }
        return dict;
      }
    },
    TENSOR {
      @Override
      Object call(List<?> arguments) throws IOException {
        if (!(arguments.get(0) instanceof Store store)) {
          throw new IOException("a tensor has no storage");
        }
        return new Tensor(
            store,
            count(arguments.get(1)),
            counts(list(arguments.get(2))),
            counts(list(arguments.get(3))));
      }
    },
    PARAMETER {
      @Override
      Object call(List<?> arguments) {
        return arguments.get(0);
      }
    },
    /** What training scripts save besides weights: arguments, scores, types. */
    HARMLESS {
      @Override
      Object call(List<?> arguments) {
        return IGNORED;
      }
    };

    abstract Object call(List<?> arguments) throws IOException;
  }

  private static final Map<String, Object> GLOBALS = globals();

  private static Map<String, Object> globals() {
    Map<String, Object> globals = new HashMap<>();
    globals.put("collections OrderedDict", Callable.ORDERED_DICT);
    globals.put("torch._utils _rebuild_tensor", Callable.TENSOR);
    globals.put("torch._utils _rebuild_tensor_v2", Callable.TENSOR);
    globals.put("torch._utils _rebuild_parameter", Callable.PARAMETER);
    for (String name :
        List.of(
            "torch Size",
            "torch device",
            "builtins set",
            "__builtin__ set",
            "argparse Namespace",
            "numpy dtype",
            "numpy.core.multiarray scalar",
            "numpy._core.multiarray scalar",
            "_codecs encode")) {
      globals.put(name, Callable.HARMLESS);
    }
    globals.put("torch DoubleStorage", Dtype.F64);
    globals.put("torch FloatStorage", Dtype.F32);
    globals.put("torch HalfStorage", Dtype.F16);
    globals.put("torch BFloat16Storage", Dtype.BF16);
    globals.put("torch LongStorage", Dtype.I64);
    globals.put("torch IntStorage", Dtype.I32);
    globals.put("torch ShortStorage", Dtype.I16);
    globals.put("torch CharStorage", Dtype.I8);
    globals.put("torch ByteStorage", Dtype.U8);
    globals.put("torch BoolStorage", Dtype.BOOL);
    return Collections.unmodifiableMap(globals);
  }

  /**
   * What a name refers to: a {@link Callable}, the type of a storage, or {@link #IGNORED}.
   *
   * @throws IOException for an unknown name, with that name
   */
  static Object of(String module, String name) throws IOException {
    Object global = GLOBALS.get(module + " " + name);
    boolean type = module.equals("torch") && name.matches("(u?int|float|bfloat|complex|bool)\\d*");
    if (global == null && !type) {
      throw new IOException(
          "it would call "
              + printable(module + "." + name)
              + ", which is refused: only tensors, dicts, numbers and strings are read. In Python,"
              + " save only those: torch.save(model.state_dict(), 'weights.pth')");
    }
    return type ? IGNORED : global;
  }

  /**
   * What a name in a TorchScript module's pickle refers to: the type of a storage, or something
   * harmless.
   */
  static Object ofModule(String module, String name) {
    return GLOBALS.get(module + " " + name) instanceof Dtype type ? type : Callable.HARMLESS;
  }

  /** A name from a file, made safe for a message. */
  static String printable(String name) {
    String start = name.length() <= 160 ? name : name.substring(0, 160) + "…";
    return start.replaceAll("\\p{Cntrl}", "?");
  }

  /**
   * A key for a Java map; replaces those that are nested, and expensive to hash, by a unique
   * object.
   */
  static Object key(Object value) {
    return value == null || value instanceof String || value instanceof Number
        ? value
        : new Object();
  }

  @SuppressWarnings("unchecked") // all lists are created here
  static List<Object> list(Object value) throws IOException {
    if (!(value instanceof List)) {
      throw new IOException("its pickle has something other than a list where one is required");
    }
    return (List<Object>) value;
  }

  static long count(Object value) throws IOException {
    if (!(value instanceof Long number) || number < 0) {
      throw new IOException("its pickle has something other than a count where one is required");
    }
    return number;
  }

  static long[] counts(List<?> values) throws IOException {
    long[] numbers = new long[values.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = count(values.get(i));
    }
    return numbers;
  }
}
