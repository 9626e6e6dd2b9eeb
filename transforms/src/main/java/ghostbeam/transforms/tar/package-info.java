/** Tars read in place: walked from header to header when they are listed. */
package ghostbeam.transforms.tar;
