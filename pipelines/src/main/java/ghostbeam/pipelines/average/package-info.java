/** The {@code average} job: averages the weights of several checkpoints of one network. */
package ghostbeam.pipelines.average;
