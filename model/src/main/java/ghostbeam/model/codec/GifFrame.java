package ghostbeam.model.codec;

/**
 * Where a GIF's first frame lies on its page, in pixels, found by walking the file's blocks.
 *
 * @param left of the page's left edge, to the right
 * @param top of the page's top edge, downwards
 */
record GifFrame(int left, int top, int width, int height) {
  private static final int HEADER = 13;
  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2C;
  private static final int DESCRIPTOR = 9;

  /**
   * The first frame, held to be there to its last block.
   *
   * @throws UndecodableImageException for a GIF that is cut before, has no frame, or one of more
   *     than {@link ImageHeader#MAX_PIXELS}
   */
  static GifFrame first(byte[] file) throws UndecodableImageException {
    try {
      int at = HEADER + palette(file[10]);
      while (file[at] == EXTENSION) {
        at = afterBlocks(file, at + 2);
      }
      if (file[at] != IMAGE) {
        throw new UndecodableImageException("broken GIF: no frame where one must be");
      }
      GifFrame frame =
          new GifFrame(
              word(file, at + 1), word(file, at + 3), word(file, at + 5), word(file, at + 7));
      if ((long) frame.width * frame.height > ImageHeader.MAX_PIXELS) {
        throw new UndecodableImageException("GIF with a frame of too many pixels");
      }
      int codeSize = 1;
      afterBlocks(file, at + 1 + DESCRIPTOR + palette(file[at + DESCRIPTOR]) + codeSize);
      return frame;
    } catch (IndexOutOfBoundsException e) {
      throw UndecodableImageException.truncated("GIF", file.length);
    }
  }

  /** Bytes of the colour table that packed fields announce. */
  private static int palette(byte packed) {
    return packed < 0 ? 3 << ((packed & 7) + 1) : 0;
  }

  /** Where a chain of blocks ends, behind its empty last one. */
  private static int afterBlocks(byte[] file, int start) {
    int at = start;
    while (file[at] != 0) {
      at += 1 + (file[at] & 0xFF);
    }
    return at + 1;
  }

  private static int word(byte[] file, int at) {
    return (file[at] & 0xFF) | (file[at + 1] & 0xFF) << 8;
  }
}
