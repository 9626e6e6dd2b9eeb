/** Texts and tables that people wrote, in whichever encoding and dialect their tools have. */
package ghostbeam.transforms.text;
