/** How jobs run: embedded Flink or a cluster, the log file, failures in one line. */
package ghostbeam.pipelines.launch;
