/** The import command: weights trained by other programs to checkpoints. */
package ghostbeam.pipelines.imports;
