/** Reads images in place from folders and archives, neighbouring ones in one request. */
package ghostbeam.transforms.fetch;
