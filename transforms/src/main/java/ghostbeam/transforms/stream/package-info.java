/**
 * Sources whose files are read forwards, each once: which forms there are, what a source of one
 * holds, and reading it into records that have found their shard and their place in it.
 */
package ghostbeam.transforms.stream;
