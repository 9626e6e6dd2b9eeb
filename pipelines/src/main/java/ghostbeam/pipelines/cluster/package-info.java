/** A multi-process Flink on this machine, and export of what an existing cluster needs. */
package ghostbeam.pipelines.cluster;
