/** Images in, logits out: TorchScript modules, loaded for each thread. */
package ghostbeam.model.inference;
