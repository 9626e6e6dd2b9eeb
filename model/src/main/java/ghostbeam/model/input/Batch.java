package ghostbeam.model.input;

import java.nio.ByteBuffer;

/**
 * Images ready for the network.
 *
 * @param images direct, in native order: float32 N×H×W×3, normalised
 * @param targets their N classes
 * @param share which of the step's images they are
 */
public record Batch(ByteBuffer images, Targets targets, BatchShare share) {}
