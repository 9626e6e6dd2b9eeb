/** {@code report.html}: one page that shows people what an evaluation found, without a network. */
package ghostbeam.pipelines.page;
