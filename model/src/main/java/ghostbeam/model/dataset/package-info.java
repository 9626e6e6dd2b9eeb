/** A finished dataset: its manifest, its shards' names, its records by number. */
package ghostbeam.model.dataset;
