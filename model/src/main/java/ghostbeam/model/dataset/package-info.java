/** A finished dataset: its manifest, the names of its shards, its records by number. */
package ghostbeam.model.dataset;
