/** Training as a pipeline step: one element per rank, or one per training. */
package ghostbeam.transforms.training;
