/**
 * The {@code search} job: a small network to a larger one of given cost, by trying where to enlarge
 * it.
 */
package ghostbeam.pipelines.search;
