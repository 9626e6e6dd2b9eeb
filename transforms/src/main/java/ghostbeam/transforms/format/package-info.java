/** Formats whose files hold many labelled images each and are read sequentially, one class each. */
package ghostbeam.transforms.format;
