/**
 * Sources in streamed formats: finds their files and labels, and reads their records, each assigned
 * to a shard and a place in it.
 */
package ghostbeam.transforms.stream;
