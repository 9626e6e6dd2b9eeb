/** One training step: forward, backward, update, alone or together with other ranks. */
package ghostbeam.model.step;
