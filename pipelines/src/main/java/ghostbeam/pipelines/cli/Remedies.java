package ghostbeam.pipelines.cli;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.failure.Remedy;
import ghostbeam.transforms.source.SourceRemedy;

/** What a person types to do what a failure advises: the one place that knows flags for it. */
final class Remedies {
  private Remedies() {}

  /** The advice, to be read after what is the matter. */
  static String words(Advice advice) {
    return template(advice.remedy()).formatted(advice.facts().toArray());
  }

  private static String template(Remedy remedy) {
    if (remedy instanceof ModelRemedy model) {
      return template(model);
    }
    if (remedy instanceof SourceRemedy source) {
      return template(source);
    }
    throw new IllegalArgumentException("no words for " + remedy.name());
  }

  private static String template(ModelRemedy remedy) {
    return switch (remedy) {
      case LOWER_LEARNING_RATE ->
          "try a lower --lrMax (for --lrDecayStyle=cosine_step: --lr), more --warmupEpochs or"
              + " --clipNorm=1";
      case LOWER_LOSS_SCALE -> "try a lower --lossScale than %s, or a lower --lrMax";
      case SMALLER_STEP ->
          "lower --batchSize or --accumulate, or allow a smaller last step with --dropTail=false";
      case SMALLER_STEP_OR_FEWER_RANKS ->
          "lower --batchSize, --accumulate or --ranks, or allow a smaller last step with"
              + " --dropTail=false";
      case FEWER_RANKS -> "give --ranks=%s or less";
      case CLASSES_OF_DATA -> "leave out --numClasses, which defaults to the data's";
      case SAME_CLASSES -> "make val again: ./run preprocess --split=val --classes=%s";
      case SAME_TRAINING_OR_START_OVER ->
          "give the data and settings that it was started with, or start over with --overwrite";
      case START_OVER -> "start over with --overwrite";
      case EQUAL_MACHINES -> "continue with --resume on machines of one kind";
      case MAKE_SPLIT -> "make it first: ./run preprocess --split=%s";
      case SHARED_OUTPUT -> "all ranks must see the same --output";
      case SLOT_FOR_EACH_RANK ->
          "let --parallelism, and the cluster's free slots, be at least %s, lower --ranks, or if"
              + " workers only start slowly, raise --rankTimeout";
      case LONGER_TIMEOUT ->
          "if it only needs longer, raise --rankTimeout above %s; --resume continues from the last"
              + " saved state";
      case RESTARTS -> "give --restarts=3 to restart all ranks up to three times";
      case KNOWN_HOST -> "give --flinkMaster a host name that all workers can resolve";
      case REACHABLE_HOST ->
          "if workers are on several machines, --flinkMaster must not be localhost, and firewalls"
              + " must let them reach each other";
      case DESCRIBE_INPUT -> "say what it takes with --moduleInput and --inputSize";
      case OWN_SIZE -> "leave out --inputSize, which the module states";
      case IMPORT_WEIGHTS ->
          "if they are a known network's, this makes a checkpoint: ./run import --from=%s"
              + " --preset=PRESET --to=NAME.safetensors";
      case NETWORK_OF_WEIGHTS ->
          "give the network that they belong to: --preset, or --layers and --channels";
      case RAW_WEIGHTS -> "give --weights=raw for those that it has";
      case ONE_AUGMENTATION -> "give --autoaugment=false to have RandAugment alone";
    };
  }

  private static String template(SourceRemedy remedy) {
    return switch (remedy) {
      case CHOOSE_FORMAT -> "give --format=%s";
      case DETECT_FORMAT -> "leave out --format to have it detected";
      case NO_FORMAT -> "leave out --format=%s, or give all of %s";
      case ONE_FOLDER -> "give one of them, such as --input=%s";
      case DEEPER_FOLDER -> "or, if the classes lie deeper, give their folder, such as --input=%s";
      case TARS_OF_CLASSES -> "or give --input=%s/*.tar for a tar of each class";
      case CHOOSE_SPLIT -> "choose with --split";
      case OTHER_SPLIT_OR_SOURCE -> "choose another --split or --input";
      case ONE_FOLDER_OR_NO_LABELS_FILE -> "give that folder as --input, or leave out --labels";
      case LABELS_FILE -> "give --labels for images in one folder";
      case MOVE_OR_LABELS_FILE -> "move those away, or give --labels";
      case RIGHT_LABELS_FILE -> "give the --labels of these images";
      case NO_LABELS_FILE -> "leave out --labels";
      case LIST_CLASSES ->
          "give --classes: a file with a name a line, the train split's manifest, or a number such as"
              + " 1000";
      case LIST_CLASSES_BY_NUMBER ->
          "--classes must name a text file whose line i is the class of number i";
      case LIST_SYNSETS -> "--classes=FILE with a synset a line says which number is which";
      case RIGHT_CLASSES -> "give the right --classes";
      case RIGHT_CLASSES_OR_FROM_ONE ->
          "give the right --classes, or --labelOffset=1 if labels count from 1";
      case RIGHT_CLASSES_OR_OFFSET -> "give the right --classes or --labelOffset";
      case COUNT_FROM_ZERO -> "give --labelOffset=0 if they count from 0";
      case FOLDERS_FROM_ONE -> "if folders count from 1, give --labelOffset=1";
      case FOLDERS_FROM_ZERO_OR_ONE -> "give --labelOffset=0 or --labelOffset=1";
      case SAY_OFFSET -> "give --labelOffset, the first class's number";
      case ENCODED_IMAGES ->
          "give what it was made from, or make the dataset again:"
              + " ./run preprocess --encoding=original";
      case NO_DIGEST -> "leave out --expectDigest, or give one archive as --input";
      case FEWER_SHARDS -> "give --shards of at most %s";
      case MORE_SHARDS -> "give more --shards";
      case REPAIR -> "repair the source";
      case REPAIR_OR_ALLOW_REJECTIONS -> "repair the source or raise --maxRejected";
    };
  }
}
