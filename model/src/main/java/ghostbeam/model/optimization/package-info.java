/** Optimisation: loss, schedules, optimisers, weight averaging. */
package ghostbeam.model.optimization;
