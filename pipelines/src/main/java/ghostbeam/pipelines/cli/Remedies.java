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
      case LOWER_LEARNING_RATE -> "try a lower --lrMax, more --warmupEpochs or --clipNorm=1";
      case LOWER_LOSS_SCALE -> "try a lower --lossScale than %s, or a lower --lrMax";
      case SMALLER_STEP -> "lower --batchSize, --ranks or --accumulate";
      case CLASSES_OF_DATA -> "leave --numClasses out to take the data's";
      case SAME_CLASSES -> "preprocess val with --classes=%s";
      case SAME_TRAINING -> "--resume needs the same data and settings";
      case MAKE_SPLIT -> "run preprocess --split=%s first";
      case SHARED_OUTPUT -> "all ranks must see the same --output";
      case MORE_WORKERS -> "let --parallelism, and the cluster's free slots, be at least %s";
      case MORE_PATIENCE -> "where it only needs longer, give a longer --rankTimeout than %s s";
      case RESTARTS -> "--restarts=3 starts all of them again, up to 3 times";
      case KNOWN_HOST -> "let --flinkMaster name a host that all workers know";
      case REACHABLE_HOST ->
          "--flinkMaster must not name the master as localhost where workers are on several machines,"
              + " whose firewalls must let them reach each other";
      case DESCRIBE_INPUT -> "say what it takes by --moduleInput and --inputSize";
      case OWN_SIZE -> "leave --inputSize out, which it says itself";
      case IMPORT_WEIGHTS ->
          "of the weights of a known network this makes a checkpoint: ./run import --from=%s"
              + " --preset=PRESET --to=NAME.safetensors";
      case ONE_AUGMENTATION -> "give --autoaugment=false to have RandAugment alone";
    };
  }

  private static String template(SourceRemedy remedy) {
    return switch (remedy) {
      case CHOOSE_FORMAT -> "give --format=%s";
      case NO_FORMAT -> "leave out --format=%s, or give all of %s";
      case ONE_FOLDER -> "give one of them, such as --input=%s";
      case DEEPER_FOLDER -> "or, if the classes lie deeper, give their folder, such as --input=%s";
      case TARS_OF_CLASSES -> "or give --input=%s/*.tar for a tar of each class";
      case CHOOSE_SPLIT -> "choose with --split";
      case OTHER_SPLIT_OR_SOURCE -> "choose another --split or --input";
      case LABELS_FILE -> "give --labels for images in one folder";
      case MOVE_OR_LABELS_FILE -> "move those away, or give --labels";
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
          "give what it was made from, or a dataset of --encoding=original or resized";
      case FEWER_SHARDS -> "give --shards of at most %s";
      case MORE_SHARDS -> "give more --shards";
      case REPAIR -> "repair the source";
      case REPAIR_OR_ALLOW_REJECTIONS -> "repair the source or raise --maxRejected";
    };
  }
}
