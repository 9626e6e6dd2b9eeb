/** Which images a split of a source has, and of which class each is. */
package ghostbeam.transforms.ingest;
