/** How weights are learned: recipe, loop, validation, checkpoints, log, state to go on from. */
package ghostbeam.model.training;
