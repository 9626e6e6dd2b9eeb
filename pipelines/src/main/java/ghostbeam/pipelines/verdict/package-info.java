/** What the scores of an evaluation mean: ranking, comparisons, gates. */
package ghostbeam.pipelines.verdict;
