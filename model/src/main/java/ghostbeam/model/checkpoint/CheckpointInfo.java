package ghostbeam.model.checkpoint;

import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import java.util.List;

/**
 * What a checkpoint's metadata says.
 *
 * @param architecture the network the tensors belong to
 * @param epoch epochs finished, 1-based; 0 where imported
 * @param step optimiser steps finished
 * @param weights {@code raw} or {@code ema}
 * @param classes class names in label order
 * @param dataset digest of the training data's manifest, or empty
 * @param recipe the training recipe as JSON, or empty
 * @param preprocessing how validation saw images
 */
public record CheckpointInfo(
    Architecture architecture,
    int epoch,
    long step,
    String weights,
    List<String> classes,
    String dataset,
    String recipe,
    ValidationView preprocessing) {}
