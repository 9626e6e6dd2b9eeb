/** From source images to a finished dataset: plan the shards, write them, sum up. */
package ghostbeam.transforms.shard;
