/** The {@code evaluate} job: records × checkpoints → report. */
package ghostbeam.pipelines.evaluate;
