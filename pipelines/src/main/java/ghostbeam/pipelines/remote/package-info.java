/**
 * Jobs on a Flink cluster: what is staged, how the cluster is queried, how client and job end
 * together.
 */
package ghostbeam.pipelines.remote;
