package ghostbeam.transforms.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/**
 * Decompresses pages with the compression libraries directly, without Hadoop's codecs: snappy,
 * gzip, zstd or uncompressed. Refuses a page whose declared size exceeds the limit for a row group.
 */
record ParquetCodecs(int limitBytes) implements CompressionCodecFactory {

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("nothing is written");
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return new Decompressor(codec, limitBytes);
  }

  @Override
  public void release() {}

  private record Decompressor(CompressionCodecName codec, int limitBytes)
      implements BytesInputDecompressor {

    @Override
    public BytesInput decompress(BytesInput packed, int size) throws IOException {
      if (size < 0 || size > limitBytes) {
        throw new IOException("a page of " + size + " bytes, the limit is " + limitBytes);
      }
      if (codec == CompressionCodecName.UNCOMPRESSED) {
        return packed;
      }
      byte[] unpacked = new byte[size];
      ByteBuffer bytes = packed.toByteBuffer(HeapByteBufferAllocator.getInstance(), buffer -> {});
      int length = unpack(bytes, unpacked);
      if (length != size) {
        throw new IOException("a page of " + length + " bytes that said " + size);
      }
      return BytesInput.from(unpacked);
    }

    private int unpack(ByteBuffer packed, byte[] unpacked) throws IOException {
      byte[] bytes = packed.array();
      int from = packed.arrayOffset() + packed.position();
      return switch (codec) {
        case SNAPPY -> snappy(bytes, from, packed.remaining(), unpacked);
        case ZSTD -> zstd(bytes, from, packed.remaining(), unpacked);
        case GZIP -> gzip(new ByteArrayInputStream(bytes, from, packed.remaining()), unpacked);
        case UNCOMPRESSED, LZO, BROTLI, LZ4, LZ4_RAW ->
            throw new IOException(
                "it is compressed by " + codec + "; write it again by zstd or snappy");
      };
    }

    private static int snappy(byte[] bytes, int from, int length, byte[] unpacked)
        throws IOException {
      // Snappy trusts the length in the data, not the size of the target.
      int size = Snappy.uncompressedLength(bytes, from, length);
      return size == unpacked.length ? Snappy.uncompress(bytes, from, length, unpacked, 0) : size;
    }

    private static int zstd(byte[] bytes, int from, int length, byte[] unpacked)
        throws IOException {
      try {
        return (int) Zstd.decompressByteArray(unpacked, 0, unpacked.length, bytes, from, length);
      } catch (ZstdException e) {
        throw new IOException("a damaged page", e);
      }
    }

    private static int gzip(InputStream bytes, byte[] unpacked) throws IOException {
      try (GZIPInputStream in = new GZIPInputStream(bytes)) {
        return in.readNBytes(unpacked, 0, unpacked.length);
      }
    }

    @Override
    public void decompress(ByteBuffer packed, int packedSize, ByteBuffer target, int size)
        throws IOException {
      byte[] bytes = new byte[packedSize];
      packed.get(bytes);
      target.put(decompress(BytesInput.from(bytes), size).toInputStream().readAllBytes());
    }

    @Override
    public void release() {}
  }
}
