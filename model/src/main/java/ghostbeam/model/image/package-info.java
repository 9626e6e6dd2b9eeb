/** From decoded pixels to network input: resize, crop, normalise. */
package ghostbeam.model.image;
