/** Reads zips in place: the central directory for listing, entries when they are fetched. */
package ghostbeam.transforms.zip;
