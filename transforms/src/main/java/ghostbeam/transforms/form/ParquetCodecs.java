package ghostbeam.transforms.form;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/**
 * Pages' bytes unpacked by the libraries themselves, without Hadoop's codecs: snappy, gzip, zstd
 * and none. A page that says it is longer than a row group may be is refused.
 */
final class ParquetCodecs implements CompressionCodecFactory {
  private final int limitBytes;

  ParquetCodecs(int limitBytes) {
    this.limitBytes = limitBytes;
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("nothing is written");
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return new Decompressor(codec);
  }

  @Override
  public void release() {}

  private final class Decompressor implements BytesInputDecompressor {
    private final CompressionCodecName codec;

    Decompressor(CompressionCodecName codec) {
      this.codec = codec;
    }

    @Override
    public BytesInput decompress(BytesInput packed, int size) throws IOException {
      if (size < 0 || size > limitBytes) {
        throw new IOException("a page of " + size + " bytes, the limit is " + limitBytes);
      }
      byte[] bytes = packed.toInputStream().readAllBytes();
      byte[] unpacked =
          switch (codec) {
            case UNCOMPRESSED -> bytes;
            case SNAPPY -> snappy(bytes, size);
            case ZSTD -> zstd(bytes, size);
            case GZIP -> gzip(bytes, size);
            case LZO, BROTLI, LZ4, LZ4_RAW ->
                throw new IOException(
                    "it is compressed by " + codec + "; write it again by zstd or snappy");
          };
      if (unpacked.length != size) {
        throw new IOException("a page of " + unpacked.length + " bytes that said " + size);
      }
      return BytesInput.from(unpacked);
    }

    private static byte[] snappy(byte[] bytes, int size) throws IOException {
      if (Snappy.uncompressedLength(bytes) != size) {
        throw new IOException("a damaged page");
      }
      return Snappy.uncompress(bytes);
    }

    private static byte[] zstd(byte[] bytes, int size) throws IOException {
      try {
        return Zstd.decompress(bytes, size);
      } catch (ZstdException e) {
        throw new IOException("a damaged page", e);
      }
    }

    private static byte[] gzip(byte[] bytes, int size) throws IOException {
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        return in.readNBytes(size);
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
