/** What the scores of an evaluation say: ranked, compared, held against a gate. */
package ghostbeam.pipelines.verdict;
