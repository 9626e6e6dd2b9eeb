/** How jobs run: embedded Flink or a cluster, the log file, failures told in words. */
package ghostbeam.pipelines.launch;
