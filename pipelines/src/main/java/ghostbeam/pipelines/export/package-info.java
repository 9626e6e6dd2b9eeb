/** Gives a checkpoint to programs that know nothing of GhostBeam. */
package ghostbeam.pipelines.export;
