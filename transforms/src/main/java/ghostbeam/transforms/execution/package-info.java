/** What running a job needs from us: failures that no retry mends, keys that spread evenly. */
package ghostbeam.transforms.execution;
