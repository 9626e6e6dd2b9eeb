/** From an image's bytes to the pixels a network sees: decode, resize, crop, normalise. */
package ghostbeam.model.image;
