/** SourceFormats in which files hold many labelled images each, read forwards: a class for each form. */
package ghostbeam.transforms.format;
