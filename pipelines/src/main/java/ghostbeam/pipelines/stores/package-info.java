/** Clients of gs:// and s3://, built from a job's options in every process that works for it. */
package ghostbeam.pipelines.stores;
