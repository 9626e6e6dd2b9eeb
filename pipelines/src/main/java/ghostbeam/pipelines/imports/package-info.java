/** Weights that others trained to checkpoints: the import command. */
package ghostbeam.pipelines.imports;
