/** Evaluations on disk: written for programs and for people, and joined. */
package ghostbeam.pipelines.report;
