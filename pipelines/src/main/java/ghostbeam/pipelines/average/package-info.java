/** The {@code average} job: several checkpoints of one network to one of their mean weights. */
package ghostbeam.pipelines.average;
