/** What each candidate answered to each record, as files for people and spreadsheets. */
package ghostbeam.transforms.prediction;
