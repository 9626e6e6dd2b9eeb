/**
 * Failures that their caller can do something about, as facts; how it is done, only callers say.
 */
package ghostbeam.model.failure;
