/** Packages the program as an archive that runs without Maven, sources or network. */
package ghostbeam.pipelines.release;
