package ghostbeam.model.failure;

/** Remedies for failures of training runs, checkpoints and modules. */
public enum ModelRemedy implements Remedy {
  /** A lower peak learning rate, a longer warm-up, or gradient clipping. */
  LOWER_LEARNING_RATE(0),
  /** A lower float16 loss scale. Fact: the scale that was too high. */
  LOWER_LOSS_SCALE(1),
  /** Smaller batches, fewer ranks, or less gradient accumulation. */
  SMALLER_STEP(0),
  /** A network with as many classes as the data. */
  CLASSES_OF_DATA(0),
  /** A validation split with the training split's classes. Fact: the file that lists them. */
  SAME_CLASSES(1),
  /** The data and recipe with which the training state was saved. */
  SAME_TRAINING(0),
  /** Preprocessing the split. Fact: its name. */
  MAKE_SPLIT(1),
  /** An output folder that all ranks can reach. */
  SHARED_OUTPUT(0),
  /** As many workers at the same time as there are ranks. Fact: how many. */
  MORE_WORKERS(1),
  /** A longer timeout for a silent rank. Fact: the timeout that was too short, in seconds. */
  MORE_PATIENCE(1),
  /** Restarting all ranks from the last saved state, rather than one of them. */
  RESTARTS(0),
  /** A rendezvous host name that every worker can resolve. */
  KNOWN_HOST(0),
  /** A rendezvous host and firewall rules that let workers on several machines reach each other. */
  REACHABLE_HOST(0),
  /** Stating which input a module takes. */
  DESCRIBE_INPUT(0),
  /** Giving a module images of the size that it declares. */
  OWN_SIZE(0),
  /** Importing another framework's weights as a checkpoint. Fact: their file. */
  IMPORT_WEIGHTS(1),
  /** Only one of two augmentations that exclude each other. */
  ONE_AUGMENTATION(0);

  private final int facts;

  ModelRemedy(int facts) {
    this.facts = facts;
  }

  @Override
  public int facts() {
    return facts;
  }
}
