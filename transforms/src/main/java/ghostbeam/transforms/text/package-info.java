/** Parses text files and tables written by hand or by common tools, in any usual encoding. */
package ghostbeam.transforms.text;
