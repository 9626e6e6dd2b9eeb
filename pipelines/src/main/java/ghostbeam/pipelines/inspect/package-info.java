/** Says what a dataset, shard, checkpoint or preset is. */
package ghostbeam.pipelines.inspect;
