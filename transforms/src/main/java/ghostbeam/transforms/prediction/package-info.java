/** Writes each candidate's prediction for each record to CSV files. */
package ghostbeam.transforms.prediction;
