/** Clients of gs:// and s3://, made of a job's options on every machine that works for it. */
package ghostbeam.pipelines.stores;
