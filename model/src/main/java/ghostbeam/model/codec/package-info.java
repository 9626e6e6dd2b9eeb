/** Decoding and encoding of image files, strict and alike in all codecs. */
package ghostbeam.model.codec;
