/** Sharded records to checkpoints. */
package ghostbeam.pipelines.train;
