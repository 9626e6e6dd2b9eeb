/** File storage: atomic reads and writes, listings, and the implementation for local disks. */
package ghostbeam.model.storage;
