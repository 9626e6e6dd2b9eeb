/** Where source images lie: folders and archives listed, and read in place, as byte ranges. */
package ghostbeam.transforms.ingest;
