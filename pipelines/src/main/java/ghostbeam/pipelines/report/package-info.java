/** What evaluations say: ranked, compared, written for programs and for people. */
package ghostbeam.pipelines.report;
