package ghostbeam.pipelines.report;

import ghostbeam.model.scoring.Tally;

/**
 * A checkpoint and what it scored.
 *
 * @param uri its file
 * @param digest of the file
 * @param architecture its network's name
 * @param weights {@code raw} or {@code ema}
 * @param epoch epochs trained
 * @param step optimiser steps trained
 * @param preprocessing how it saw images
 * @param tally its scores under its name in the report
 */
public record Entrant(
    String uri,
    String digest,
    String architecture,
    String weights,
    int epoch,
    long step,
    Report.Preprocessing preprocessing,
    Tally tally) {

  String name() {
    return tally.checkpoint();
  }

  Entrant named(String name) {
    return new Entrant(
        uri, digest, architecture, weights, epoch, step, preprocessing, tally.named(name));
  }

  /** What decides the scores: the same file, seen the same way. */
  Identity identity() {
    return new Identity(digest, preprocessing);
  }

  record Identity(String digest, Report.Preprocessing preprocessing) {}
}
