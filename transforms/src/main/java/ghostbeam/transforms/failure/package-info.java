/** Which failures of a step are worth another attempt. */
package ghostbeam.transforms.failure;
