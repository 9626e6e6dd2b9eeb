/** Training as a stage of a pipeline: one element per rank. */
package ghostbeam.transforms.training;
