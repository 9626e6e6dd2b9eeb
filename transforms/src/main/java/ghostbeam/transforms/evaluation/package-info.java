/** Scores every record with every checkpoint, in one pass over the data. */
package ghostbeam.transforms.evaluation;
