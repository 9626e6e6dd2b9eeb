/**
 * Zips read in place: the central directory when they are listed, entries when they are fetched.
 */
package ghostbeam.transforms.zip;
