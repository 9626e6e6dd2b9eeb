/** Reference values and the closed-form tensors that they were computed from. */
package ghostbeam.model.golden;
