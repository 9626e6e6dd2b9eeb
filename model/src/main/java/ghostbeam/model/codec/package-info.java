/** Image files to pixels and back, judged by their bytes. */
package ghostbeam.model.codec;
