/** The program, {@link ghostbeam.pipelines.Main}; each command has a room of its own. */
package ghostbeam.pipelines;
