/** What scores mean: mergeable counts of one checkpoint, intervals and paired tests. */
package ghostbeam.model.scoring;
