/** Candidates of greedy network enlarging, and the proxy task on which they are compared. */
package ghostbeam.model.search;
