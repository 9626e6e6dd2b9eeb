/** From decoded pixels to what a network sees: resize, crop, normalise. */
package ghostbeam.model.image;
