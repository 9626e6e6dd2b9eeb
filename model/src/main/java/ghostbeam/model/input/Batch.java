package ghostbeam.model.input;

import java.nio.ByteBuffer;

/**
 * Images ready for the network.
 *
 * @param images direct, in native order: float32 N×H×W×3, normalised
 * @param targets the N classes they are of
 * @param share which images of the step they are
 */
public record Batch(ByteBuffer images, Targets targets, Share share) {}
