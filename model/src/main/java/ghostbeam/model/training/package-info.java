/** How weights are learned: recipe, loop, losses, optimisers, schedules, weight averaging. */
package ghostbeam.model.training;
