/** The command line: parses arguments into options, prints help and usage errors. */
package ghostbeam.pipelines.cli;
