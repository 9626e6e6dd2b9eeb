/** Tensors of a network by name: role, shape, values. */
package ghostbeam.model.tensor;
