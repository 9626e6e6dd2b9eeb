package ghostbeam.pipelines.verdict;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.scoring.Defeat;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.model.scoring.Tally;
import java.util.function.UnaryOperator;

/**
 * A checkpoint and what it scored.
 *
 * @param uri its file
 * @param digest of the file
 * @param architecture its network's name
 * @param parameters trainable numbers of the network
 * @param weights {@code raw} or {@code ema}
 * @param epoch epochs trained
 * @param step optimiser steps trained
 * @param preprocessing how it saw images
 * @param trainedOn digest of the training data, or empty
 * @param recipe the settings of its training, or null
 * @param tally its scores under its name in the report
 * @param real answers right by ReaL labels, of the records that have any; or null
 * @param defeat why it left a race before it had seen every record; or null
 */
public record Entrant(
    String uri,
    String digest,
    String architecture,
    long parameters,
    String weights,
    int epoch,
    long step,
    Report.Preprocessing preprocessing,
    String trainedOn,
    JsonNode recipe,
    Tally tally,
    Proportion real,
    Defeat defeat) {

  /** A row of an earlier report with the tally beside it. */
  public static Entrant of(Report.Row row, Tally tally) {
    Report.Real real = row.real();
    return new Entrant(
        row.uri(),
        row.digest(),
        row.architecture(),
        row.parameters(),
        row.weights(),
        row.epoch(),
        row.step(),
        row.preprocessing(),
        row.trainedOn(),
        row.recipe(),
        tally,
        real == null ? null : new Proportion(real.correct(), real.records()),
        row.partial() == null ? null : row.partial().defeat());
  }

  /** Whether it was scored on every record. */
  public boolean complete() {
    return defeat == null;
  }

  public String name() {
    return tally.checkpoint();
  }

  /** The same under another name. */
  public Entrant named(String name) {
    return with(tally.named(name), real, defeat);
  }

  /** The same with another count of ReaL answers, or with null for none. */
  public Entrant withReal(Proportion newReal) {
    return with(tally, newReal, defeat);
  }

  /** The same where its conqueror in a race is now called otherwise. */
  public Entrant beatenBy(UnaryOperator<String> names) {
    return complete() ? this : with(tally, real, defeat.by(names.apply(defeat.by())));
  }

  private Entrant with(Tally newTally, Proportion newReal, Defeat newDefeat) {
    return new Entrant(
        uri,
        digest,
        architecture,
        parameters,
        weights,
        epoch,
        step,
        preprocessing,
        trainedOn,
        recipe,
        newTally,
        newReal,
        newDefeat);
  }

  /** What decides the scores: the same file, seen the same way. */
  public Identity identity() {
    return new Identity(digest, preprocessing);
  }

  /**
   * What makes entrants copies of each other. Two of the same identity, scored on different
   * machines, need not be: bf16 rounds as the processor does, and codecs differ in a pixel.
   */
  public Content content() {
    return new Content(identity(), tally.named("copy"));
  }

  /** A file's digest and how it saw images. */
  public record Identity(String digest, Report.Preprocessing preprocessing) {}

  /** An identity and what it scored, under no name of its own. */
  public record Content(Identity identity, Tally tally) {}

  /** The folder of the training that the file is of, without {@code checkpoints/}. */
  public String training() {
    String folder = uri.contains("/") ? uri.substring(0, uri.lastIndexOf('/')) : "";
    return folder.replaceFirst("(^|/)checkpoints$", "");
  }
}
