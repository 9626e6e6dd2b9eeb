/**
 * The model's {@code Storage} wherever a path leads: this machine's disk, a store with a client of
 * its own, else Beam's file systems; and locks of runs on all of them.
 */
package ghostbeam.transforms.storage;
