/** Training settings, as records of named parts; independent of the network. */
package ghostbeam.model.recipe;
