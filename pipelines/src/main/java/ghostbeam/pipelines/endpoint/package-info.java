/** How stores are reached: the address a user gives, and an HTTP proxy. */
package ghostbeam.pipelines.endpoint;
