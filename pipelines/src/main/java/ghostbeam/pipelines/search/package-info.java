/**
 * The {@code search} job: enlarges a small network to a given cost, by trying where that helps
 * most.
 */
package ghostbeam.pipelines.search;
