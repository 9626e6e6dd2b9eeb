/** Hostile inputs by the thousand, each made from a seed and its number alone. */
package ghostbeam.pipelines.fuzz;
