/** The entry point, {@link ghostbeam.pipelines.Main}; each command has its own package. */
package ghostbeam.pipelines;
