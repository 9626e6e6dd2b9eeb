package ghostbeam.model.failure;

/** What can be done about failures of trainings, checkpoints and modules. */
public enum ModelRemedy implements Remedy {
  /** Smaller steps: a lower peak of the learning rate, a longer warm-up, or clipped gradients. */
  LOWER_LEARNING_RATE(0),
  /** A lower scale of float16's loss. Fact: the scale that was too high. */
  LOWER_LOSS_SCALE(1),
  /** Smaller batches, fewer ranks, or fewer batches a step. */
  SMALLER_STEP(0),
  /** A network of as many classes as the data has. */
  CLASSES_OF_DATA(0),
  /** A validation split of the training split's classes. Fact: the file that lists them. */
  SAME_CLASSES(1),
  /** The data and recipe that the training had when its state was saved. */
  SAME_TRAINING(0),
  /** To make the split. Fact: its name. */
  MAKE_SPLIT(1),
  /** A folder for the output that all ranks see. */
  SHARED_OUTPUT(0),
  /** As many workers at a time as there are ranks. Fact: how many. */
  MORE_WORKERS(1),
  /** More patience with a rank that gives no sign. Fact: the seconds that were too few. */
  MORE_PATIENCE(1),
  /** To start all ranks anew from the last state, rather than one of them. */
  RESTARTS(0),
  /** A name for the host of the gang that every worker can resolve. */
  KNOWN_HOST(0),
  /** A host and firewalls by which workers on several machines reach each other. */
  REACHABLE_HOST(0),
  /** To say which images a module takes. */
  DESCRIBE_INPUT(0),
  /** To show a module images of the size that it says itself. */
  OWN_SIZE(0),
  /** To make a checkpoint of weights as others write them. Fact: their file. */
  IMPORT_WEIGHTS(1),
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
