/** Describes a dataset, shard, training, evaluation, checkpoint or preset. */
package ghostbeam.pipelines.inspect;
