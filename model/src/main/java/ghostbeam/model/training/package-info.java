/** Training: the loop, validation, checkpoints, log, resumable state. */
package ghostbeam.model.training;
