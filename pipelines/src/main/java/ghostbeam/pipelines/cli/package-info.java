/** The command line: words to options, help, and what wrong usage is told as. */
package ghostbeam.pipelines.cli;
