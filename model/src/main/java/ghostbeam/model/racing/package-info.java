/** Which checkpoints are beaten beyond doubt before every record is scored. */
package ghostbeam.model.racing;
