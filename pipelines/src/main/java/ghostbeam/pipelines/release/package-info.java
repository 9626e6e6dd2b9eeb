/** Makes an archive of the program that runs without Maven, sources and network. */
package ghostbeam.pipelines.release;
