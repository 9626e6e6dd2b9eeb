/** Images read in place, by reference, neighbours in an archive together. */
package ghostbeam.transforms.fetch;
