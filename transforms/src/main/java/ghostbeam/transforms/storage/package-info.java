/** Beam's file systems as the model's {@code Storage}: local, gs:// and s3:// by one name. */
package ghostbeam.transforms.storage;
