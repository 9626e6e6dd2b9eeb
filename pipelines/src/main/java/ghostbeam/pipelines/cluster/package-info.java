/** A multi-process Flink on this machine, and what an operator puts on a standing one. */
package ghostbeam.pipelines.cluster;
