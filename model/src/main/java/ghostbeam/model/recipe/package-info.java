/** Everything one can choose about a training, as records of named parts; knows no network. */
package ghostbeam.model.recipe;
