/** Determines the images of a split of a source, and the class of each. */
package ghostbeam.transforms.ingest;
