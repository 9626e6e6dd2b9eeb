/** Images in, logits out, by a TorchScript module loaded for each thread. */
package ghostbeam.model.inference;
