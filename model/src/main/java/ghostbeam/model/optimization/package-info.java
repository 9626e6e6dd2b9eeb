/** How gradients change weights: loss, schedules, optimisers, weight averaging. */
package ghostbeam.model.optimization;
