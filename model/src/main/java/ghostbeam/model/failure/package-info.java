/**
 * Failures that know a remedy. They state facts; callers turn these into instructions.
 */
package ghostbeam.model.failure;
