/** Files of weights: our own checkpoints, and those that MindSpore, PyTorch and timm write. */
package ghostbeam.model.checkpoint;
