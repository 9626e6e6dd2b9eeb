/** Training as a stage of a pipeline: one element a rank, or one a whole training. */
package ghostbeam.transforms.training;
