/** How jobs run on workers: failures that must not be retried, and keys that spread evenly. */
package ghostbeam.transforms.execution;
