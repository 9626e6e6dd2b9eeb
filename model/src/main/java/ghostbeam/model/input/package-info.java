/** From records to batches: in which order, seen how, decoded ahead of the step. */
package ghostbeam.model.input;
