package ghostbeam.transforms.ingest;

import ghostbeam.transforms.source.Extent;
import ghostbeam.transforms.source.Packing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Deterministic; shard receipts contain a digest of these bytes, so they must not change. */
public final class ImageRefCoder extends AtomicCoder<ImageRef> {
  private static final ImageRefCoder INSTANCE = new ImageRefCoder();
  private static final StringUtf8Coder STRING = StringUtf8Coder.of();
  private static final VarLongCoder LONG = VarLongCoder.of();
  private static final VarIntCoder INT = VarIntCoder.of();

  private static final Map<Integer, Packing> PACKINGS =
      SourceListing.CONTAINERS.stream()
          .flatMap(container -> container.packings().stream())
          .collect(Collectors.toUnmodifiableMap(Packing::code, packing -> packing));

  private ImageRefCoder() {}

  public static ImageRefCoder of() {
    return INSTANCE;
  }

  /** Required by {@code @DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(ImageRef.class), INSTANCE);
  }

  @Override
  public void encode(ImageRef ref, OutputStream out) throws IOException {
    Extent extent = ref.extent();
    STRING.encode(extent.uri(), out);
    LONG.encode(extent.offset(), out);
    LONG.encode(extent.length(), out);
    INT.encode(extent.packing().code(), out);
    LONG.encode(extent.bytes(), out);
    LONG.encode(extent.crc32(), out);
    STRING.encode(ref.key(), out);
    INT.encode(ref.label(), out);
    STRING.encode(extent.version(), out);
  }

  @Override
  public ImageRef decode(InputStream in) throws IOException {
    String uri = STRING.decode(in);
    long offset = LONG.decode(in);
    long length = LONG.decode(in);
    Packing packing = packing(INT.decode(in));
    long bytes = LONG.decode(in);
    long crc32 = LONG.decode(in);
    String key = STRING.decode(in);
    int label = INT.decode(in);
    String version = STRING.decode(in);
    return new ImageRef(
        key, label, new Extent(uri, version, offset, length, packing, bytes, crc32));
  }

  private static Packing packing(int code) throws CoderException {
    Packing packing = PACKINGS.get(code);
    if (packing == null) {
      throw new CoderException("no packing has the code " + code);
    }
    return packing;
  }
}
