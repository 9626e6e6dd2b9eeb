/** One step of gradient descent: forward, backward, update, alone or together with other ranks. */
package ghostbeam.model.step;
