package ghostbeam.transforms.ingest;

import ghostbeam.transforms.source.Packing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Components in their order; deterministic. */
public final class ImageRefCoder extends AtomicCoder<ImageRef> {
  private static final ImageRefCoder INSTANCE = new ImageRefCoder();
  private static final StringUtf8Coder STRING = StringUtf8Coder.of();
  private static final VarLongCoder LONG = VarLongCoder.of();
  private static final VarIntCoder INT = VarIntCoder.of();

  private ImageRefCoder() {}

  public static ImageRefCoder of() {
    return INSTANCE;
  }

  /** What {@code @DefaultCoder} asks for. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(ImageRef.class), INSTANCE);
  }

  @Override
  public void encode(ImageRef ref, OutputStream out) throws IOException {
    STRING.encode(ref.uri(), out);
    LONG.encode(ref.offset(), out);
    LONG.encode(ref.length(), out);
    INT.encode(code(ref.packing()), out);
    LONG.encode(ref.imageBytes(), out);
    LONG.encode(ref.crc32(), out);
    STRING.encode(ref.key(), out);
    INT.encode(ref.label(), out);
    STRING.encode(ref.version(), out);
  }

  @Override
  public ImageRef decode(InputStream in) throws IOException {
    String uri = STRING.decode(in);
    long offset = LONG.decode(in);
    long length = LONG.decode(in);
    Packing packing = packing(INT.decode(in));
    long imageBytes = LONG.decode(in);
    long crc32 = LONG.decode(in);
    String key = STRING.decode(in);
    int label = INT.decode(in);
    String version = STRING.decode(in);
    return new ImageRef(uri, offset, length, packing, imageBytes, crc32, key, label, version);
  }

  private static int code(Packing packing) {
    return switch (packing) {
      case PLAIN -> 0;
      case ZIP_STORED -> 1;
      case ZIP_DEFLATED -> 2;
      case TAR -> 3;
    };
  }

  private static Packing packing(int code) throws CoderException {
    return switch (code) {
      case 0 -> Packing.PLAIN;
      case 1 -> Packing.ZIP_STORED;
      case 2 -> Packing.ZIP_DEFLATED;
      case 3 -> Packing.TAR;
      default -> throw new CoderException("no packing has the code " + code);
    };
  }
}
