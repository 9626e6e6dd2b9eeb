/** Weights on disk: safetensors files and what their metadata says. */
package ghostbeam.model.checkpoint;
