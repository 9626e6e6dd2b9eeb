/**
 * The model's {@code Storage} for any path, on the local disk, in a store with its own client or in
 * Beam's file systems; and locks between runs on all of them.
 */
package ghostbeam.transforms.storage;
