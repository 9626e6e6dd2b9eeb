/** Weight files: our own checkpoints, and those of MindSpore, PyTorch and timm. */
package ghostbeam.model.checkpoint;
