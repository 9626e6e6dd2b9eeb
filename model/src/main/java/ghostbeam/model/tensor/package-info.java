/** Tensors of a network by name: what each is for, its shape, its values. */
package ghostbeam.model.tensor;
