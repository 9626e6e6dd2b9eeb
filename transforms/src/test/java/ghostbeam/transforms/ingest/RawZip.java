package ghostbeam.transforms.ingest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/** Writes zips of stored entries byte by byte, also invalid ones; fields overflow silently. */
final class RawZip {
  private final ByteBuffer directory = ByteBuffer.allocate(8 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private final FileChannel out;
  private int entries;
  private int host;
  private int flags;

  RawZip(Path path) throws IOException {
    out = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Sets the host system and flags of the following entries. */
  RawZip as(int newHost, int newFlags) {
    host = newHost;
    flags = newFlags;
    return this;
  }

  RawZip add(byte[] name, byte[] body, byte[] extra) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(body);
    return header(name, body.length, (int) crc.getValue(), extra).write(body);
  }

  RawZip add(byte[] name, byte[] body) throws IOException {
    return add(name, body, new byte[0]);
  }

  /** Adds an entry of zeros, which are a hole in the file. */
  RawZip addHole(byte[] name, long bytes) throws IOException {
    header(name, bytes, 0, new byte[0]);
    out.position(out.position() + bytes);
    return this;
  }

  private RawZip header(byte[] name, long bytes, int crc, byte[] extra) throws IOException {
    entries++;
    directory.putInt(0x02014b50).put((byte) 20).put((byte) host).putShort((short) 20);
    directory.putShort((short) flags).putShort((short) 0).putInt(0x21).putInt(crc);
    directory.putInt((int) bytes).putInt((int) bytes).putShort((short) name.length);
    directory.putShort((short) extra.length).putShort((short) 0).putShort((short) 0);
    directory.putShort((short) 0).putInt(0).putInt((int) out.position()).put(name).put(extra);
    ByteBuffer local = ByteBuffer.allocate(30 + name.length).order(ByteOrder.LITTLE_ENDIAN);
    local.putInt(0x04034b50).putShort((short) 20).putShort((short) flags).putShort((short) 0);
    local.putInt(0x21).putInt(crc).putInt((int) bytes).putInt((int) bytes);
    local.putShort((short) name.length).putShort((short) 0).put(name);
    return write(local.array());
  }

  /** Adds bytes outside any entry. */
  RawZip write(byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      out.write(left);
    }
    return this;
  }

  void close() throws IOException {
    close(entries);
  }

  void close(int counted) throws IOException {
    long offset = out.position();
    int bytes = directory.position();
    byte[] written = new byte[bytes];
    directory.get(0, written);
    write(written);
    ByteBuffer end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(0x06054b50).putInt(0).putShort((short) counted).putShort((short) counted);
    end.putInt(bytes).putInt((int) offset);
    write(end.array());
    out.close();
  }
}
