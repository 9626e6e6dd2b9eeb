/** Networks as TorchScript modules, written and read without PyTorch's tools. */
package ghostbeam.model.torchscript;
