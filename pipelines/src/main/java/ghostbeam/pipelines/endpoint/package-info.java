/** Where a store is and by which way it is reached: the address a user gives, a proxy between. */
package ghostbeam.pipelines.endpoint;
