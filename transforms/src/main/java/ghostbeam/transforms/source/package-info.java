/**
 * What lies where: the files of folders, zips and tars as byte ranges, listed without reading them.
 */
package ghostbeam.transforms.source;
