/** From decoded pixels to what a network sees: resize, crop, flip, normalise. */
package ghostbeam.model.image;
