/** The one command: what all jobs share to start, and to fail in words. */
package ghostbeam.pipelines;
