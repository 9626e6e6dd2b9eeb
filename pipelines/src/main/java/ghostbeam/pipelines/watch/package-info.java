/** A job's progress while it runs. */
package ghostbeam.pipelines.watch;
