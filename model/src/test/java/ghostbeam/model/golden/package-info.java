/** Reference values and the closed-form tensors they belong to. */
package ghostbeam.model.golden;
