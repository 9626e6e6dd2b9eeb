package ghostbeam.model.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The form in which a module takes decoded images. */
public sealed interface ModuleInput extends Serializable {
  /** The setting whose value is {@link #title}. */
  String SETTING = "moduleInput";

  /** Its name for users. */
  String title();

  /** Bytes per sample in this form. */
  int sampleBytes();

  /** All settings that determine the module's input, by name: {@link #title} and others. */
  Map<String, String> settings();

  /**
   * A batch in this form. It is a copy, since a module may write to its input.
   *
   * @param images uint8 N×H×W×3 from position to limit
   * @param scratch memory for the batch, used until the manager closes
   */
  NDArray batch(NDManager manager, ByteBuffer images, Shape shape, Scratch scratch);

  /** Off-heap memory that is reused from batch to batch. */
  @FunctionalInterface
  interface Scratch {
    /** A buffer of the given number of bytes in native order, with arbitrary content. */
    ByteBuffer of(int bytes);
  }

  /** Unchanged samples, uint8 (N,H,W,3): what this project's networks take. */
  record Samples() implements ModuleInput {
    public static final String TITLE = "uint8-nhwc";

    @Override
    public String title() {
      return TITLE;
    }

    @Override
    public int sampleBytes() {
      return Byte.BYTES;
    }

    @Override
    public Map<String, String> settings() {
      return Map.of(SETTING, TITLE);
    }

    @Override
    public NDArray batch(NDManager manager, ByteBuffer images, Shape shape, Scratch scratch) {
      return manager.create(
          scratch.of(images.remaining()).put(images).flip(), shape, DataType.UINT8);
    }
  }

  /**
   * Float32 planes (N,3,H,W). A sample v becomes (v / 255 − mean) / std, each step rounded to
   * float32, as torchvision's {@code ToTensor} and {@code Normalize} do.
   *
   * @param mean of red, green and blue, for samples from 0 to 1
   * @param std standard deviations likewise, each above 0
   */
  record Planes(List<Float> mean, List<Float> std) implements ModuleInput {
    public static final String TITLE = "float-nchw";

    private static final int CHANNELS = 3;

    /** Normalised by ImageNet's mean and standard deviation. */
    public static final Planes IMAGENET =
        new Planes(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));

    public Planes {
      mean = List.copyOf(mean);
      std = List.copyOf(std);
      if (mean.size() != CHANNELS || std.size() != CHANNELS) {
        throw new IllegalArgumentException("mean " + mean + " and std " + std + " of 3 channels");
      }
      if (!mean.stream().allMatch(Float::isFinite) || !std.stream().allMatch(s -> s > 0)) {
        throw new IllegalArgumentException("mean " + mean + ", std " + std);
      }
    }

    @Override
    public String title() {
      return TITLE;
    }

    @Override
    public int sampleBytes() {
      return Float.BYTES;
    }

    @Override
    public Map<String, String> settings() {
      Map<String, String> settings = new LinkedHashMap<>();
      settings.put(SETTING, TITLE);
      settings.put("mean", joined(mean));
      settings.put("std", joined(std));
      return settings;
    }

    private static String joined(List<Float> values) {
      return String.join(",", values.stream().map(String::valueOf).toList());
    }

    @Override
    public NDArray batch(NDManager manager, ByteBuffer images, Shape shape, Scratch scratch) {
      Shape planes = new Shape(shape.get(0), CHANNELS, shape.get(1), shape.get(2));
      ByteBuffer bytes = scratch.of(Math.toIntExact(planes.size() * sampleBytes()));
      put(images, (int) (shape.get(1) * shape.get(2)), bytes.asFloatBuffer());
      return manager.create(bytes, planes, DataType.FLOAT32);
    }

    /** Appends images of the given number of pixels as floats, plane by plane. */
    void put(ByteBuffer images, int pixels, FloatBuffer planes) {
      byte[] samples = new byte[pixels * CHANNELS];
      float[] plane = new float[pixels];
      float[][] table = table();
      while (images.hasRemaining()) {
        images.get(samples);
        for (int channel = 0; channel < CHANNELS; channel++) {
          float[] values = table[channel];
          for (int p = 0, s = channel; p < pixels; p++, s += CHANNELS) {
            plane[p] = values[samples[s] & 0xFF];
          }
          planes.put(plane);
        }
      }
    }

    private float[][] table() {
      float[][] table = new float[CHANNELS][256];
      for (int channel = 0; channel < CHANNELS; channel++) {
        for (int sample = 0; sample < 256; sample++) {
          table[channel][sample] = (sample / 255f - mean.get(channel)) / std.get(channel);
        }
      }
      return table;
    }
  }
}
