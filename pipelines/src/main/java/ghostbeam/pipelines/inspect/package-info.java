/** Says what a dataset, shard, training, evaluation, checkpoint or preset is. */
package ghostbeam.pipelines.inspect;
