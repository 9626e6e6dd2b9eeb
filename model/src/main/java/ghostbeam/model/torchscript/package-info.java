/** The network as a TorchScript module, written without any of PyTorch's tools. */
package ghostbeam.model.torchscript;
