/** Evaluations on disk: written for programs and people, and joined. */
package ghostbeam.pipelines.report;
