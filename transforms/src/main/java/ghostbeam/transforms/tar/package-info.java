/** Reads tars in place, listing them from header to header, or sequentially. */
package ghostbeam.transforms.tar;
