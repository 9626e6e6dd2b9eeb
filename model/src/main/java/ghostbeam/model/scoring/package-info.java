/** Scores: mergeable counts per checkpoint, metrics, confidence intervals, paired tests, racing. */
package ghostbeam.model.scoring;
