/** The whole chain on bundled real images, as a user would run it by hand. */
package ghostbeam.pipelines.demo;
