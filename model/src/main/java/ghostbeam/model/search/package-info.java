/** Candidates of a greedy enlarging, and the small task that they are compared on. */
package ghostbeam.model.search;
