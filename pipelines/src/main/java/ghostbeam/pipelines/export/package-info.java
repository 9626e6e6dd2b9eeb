/** Exports checkpoints for programs that know nothing of GhostBeam. */
package ghostbeam.pipelines.export;
