/** Lists the files of folders, zips and tars as byte ranges, without reading them. */
package ghostbeam.transforms.source;
