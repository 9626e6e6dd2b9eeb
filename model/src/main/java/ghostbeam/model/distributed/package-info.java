/** Ranks that work as one: how they find each other, add up numbers, and hear of one that fails. */
package ghostbeam.model.distributed;
