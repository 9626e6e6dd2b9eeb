package ghostbeam.model.training;

import java.io.Serializable;

/**
 * One training to run.
 *
 * @param recipe what to learn
 * @param data dataset folder with a {@code train} split
 * @param validation dataset folder with a {@code val} split
 * @param output folder that receives checkpoints and logs
 * @param threads processor threads to use
 */
public record TrainingJob(Recipe recipe, String data, String validation, String output, int threads)
    implements Serializable {}
