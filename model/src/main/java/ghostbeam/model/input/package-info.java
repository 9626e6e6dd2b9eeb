/** From records to batches: sample order, training views, decoding ahead of the step. */
package ghostbeam.model.input;
