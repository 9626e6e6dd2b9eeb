/** The {@code demo} job: the main commands in order, on bundled real images. */
package ghostbeam.pipelines.demo;
