package ghostbeam.model.failure;

/** What can be done about failures of trainings, checkpoints and modules. */
public enum ModelRemedy implements Remedy {
  /** Smaller steps: a lower peak of the learning rate, a longer warm-up, or clipped gradients. */
  LOWER_LEARNING_RATE(0),
  /** A lower scale of float16's loss. Fact: the scale that was too high. */
  LOWER_LOSS_SCALE(1),
  /** Smaller batches, fewer batches a step, or a smaller last step. */
  SMALLER_STEP(0),
  /** The same, or fewer ranks. */
  SMALLER_STEP_OR_FEWER_RANKS(0),
  /** Fewer ranks. Fact: the maximum. */
  FEWER_RANKS(1),
  /** A network of as many classes as the data has. */
  CLASSES_OF_DATA(0),
  /** A validation split of the training split's classes. Fact: the file that lists them. */
  SAME_CLASSES(1),
  /** The data and recipe that the training had when its state was saved, or a new start. */
  SAME_TRAINING_OR_START_OVER(0),
  /** To start the training over, since its state cannot be used. */
  START_OVER(0),
  /** To resume on machines of one kind, which compute the same bits. */
  EQUAL_MACHINES(0),
  /** To make the split. Fact: its name. */
  MAKE_SPLIT(1),
  /** A folder for the output that all ranks see. */
  SHARED_OUTPUT(0),
  /** A slot for each rank at the same time, fewer ranks, or more time. Fact: the ranks. */
  SLOT_FOR_EACH_RANK(1),
  /** A longer timeout for ranks that do not respond. Fact: the seconds that were too few. */
  LONGER_TIMEOUT(1),
  /** To restart all ranks from the last state, rather than one of them. */
  RESTARTS(0),
  /** A host name for the rendezvous that every worker can resolve. */
  KNOWN_HOST(0),
  /** A host and firewalls through which workers on several machines reach each other. */
  REACHABLE_HOST(0),
  /** To say which images a module takes. */
  DESCRIBE_INPUT(0),
  /** To give a module images of the size that its own file states. */
  OWN_SIZE(0),
  /** To import another framework's weights as a checkpoint. Fact: their file. */
  IMPORT_WEIGHTS(1),
  /** The network that the weights belong to. */
  NETWORK_OF_WEIGHTS(0),
  /** The raw weights of a file that has no averaged ones. */
  RAW_WEIGHTS(0),
  /** One of the two augmentations that exclude each other. */
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
