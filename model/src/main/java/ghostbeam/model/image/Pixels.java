package ghostbeam.model.image;

/**
 * A decoded image.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb uint8 samples, rows from the top, R, G, B interleaved (H×W×3)
 */
public record Pixels(int width, int height, byte[] rgb) {}
