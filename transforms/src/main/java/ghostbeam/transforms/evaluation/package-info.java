/** Every record scored by every checkpoint, in one pass over the data. */
package ghostbeam.transforms.evaluation;
