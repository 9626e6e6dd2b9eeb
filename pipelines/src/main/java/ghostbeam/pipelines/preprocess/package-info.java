/** The job that turns source images into sharded records. */
package ghostbeam.pipelines.preprocess;
