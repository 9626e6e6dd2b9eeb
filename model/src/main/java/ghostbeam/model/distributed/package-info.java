/** Distributed training's ranks: rendezvous, ring all-reduce, failure detection. */
package ghostbeam.model.distributed;
