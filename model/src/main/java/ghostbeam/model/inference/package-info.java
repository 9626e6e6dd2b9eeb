/** Images in, logits out: batch norm folded, temporaries closed at once. */
package ghostbeam.model.inference;
