/** Where files lie: whole reads and writes, listings, and the local file system's. */
package ghostbeam.model.storage;
