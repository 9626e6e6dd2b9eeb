/** Turns source images into a finished dataset: plans shards, writes them, writes the manifest. */
package ghostbeam.transforms.shard;
