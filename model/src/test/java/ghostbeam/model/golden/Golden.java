package ghostbeam.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.image.Normalization;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Outline;
import ghostbeam.model.network.Preset;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The golden fixtures: reference files, and the rules that fill weights and images. */
public final class Golden {
  private Golden() {}

  /** Golden architecture names and their presets. */
  public static final Map<String, Preset> ARCHITECTURES =
      Map.of(
          "ghostnet_1x", Preset.GHOSTNET_1X,
          "bignet_1x", Preset.BIGNET_1X,
          "sghostnet_b1", Preset.S_GHOSTNET_B1,
          "sghostnet_b4", Preset.S_GHOSTNET_B4,
          "readme_large", Preset.S_GHOSTNET_LARGE);

  public static JsonNode read(String file) {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/" + file)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The hash of a seed and an index, in [-1, 1), a multiple of 2^-23. */
  public static double unit(int seed, int index) {
    int x = seed * 0x9E3779B1 + index * 0x85EBCA6B + 0x1B873593;
    x ^= x >>> 16;
    x *= 0x7FEB352D;
    x ^= x >>> 15;
    x *= 0x846CA68B;
    x ^= x >>> 16;
    return ((x >>> 8) - 8388608) / 8388608.0;
  }

  public static Weights fill(Architecture architecture) {
    List<TensorSpec> specs = Outline.of(architecture).tensors();
    Map<String, float[]> values = new LinkedHashMap<>();
    for (int p = 0; p < specs.size(); p++) {
      TensorSpec spec = specs.get(p);
      float[] value = new float[spec.size()];
      double bound = Math.sqrt(3.0 / spec.fanIn());
      for (int i = 0; i < value.length; i++) {
        double r = unit(p, i);
        value[i] =
            (float)
                switch (spec.kind()) {
                  case CONVOLUTION, DENSE -> r * bound;
                  case BIAS -> 0.1 * r;
                  case NORM_WEIGHT -> 1 + 0.25 * r;
                  case NORM_BIAS, NORM_MEAN -> 0.25 * r;
                  case NORM_VARIANCE -> 1 + 0.5 * r;
                };
      }
      values.put(spec.name(), value);
    }
    return new Weights(specs, values);
  }

  /** Images of shape (n, 3, side, side), row-major. */
  public static float[] image(int seed, int n, int side) {
    float[] image = new float[n * 3 * side * side];
    for (int i = 0; i < image.length; i++) {
      int x = i % side;
      int y = i / side % side;
      int c = i / side / side % 3;
      int b = i / side / side / 3;
      image[i] = (float) (unit(seed, i) + (((x * (b + 1) + 2 * y + 8 * c) & 31) / 16.0 - 1));
    }
    return image;
  }

  /**
   * The samples (n, side, side, 3), float32 from about 0 to 255, whose normalisation gives images
   * (n, 3, side, side).
   */
  public static ByteBuffer samples(float[] images, int n, int side) {
    float[] means = Normalization.means();
    double[] deviations = Normalization.deviations();
    ByteBuffer out =
        ByteBuffer.allocateDirect(images.length * Float.BYTES).order(ByteOrder.nativeOrder());
    int plane = side * side;
    for (int b = 0; b < n; b++) {
      for (int p = 0; p < plane; p++) {
        for (int c = 0; c < 3; c++) {
          double normalized = images[(b * 3 + c) * plane + p];
          out.putFloat((float) (normalized * deviations[c] + means[c]));
        }
      }
    }
    return out.flip();
  }
}
