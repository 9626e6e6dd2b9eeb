package ghostbeam.transforms.evaluation;

import ghostbeam.model.dataset.LabelMapping;
import ghostbeam.model.scoring.Tally;
import ghostbeam.transforms.prediction.PredictionLine;
import ghostbeam.transforms.prediction.WritePredictions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Consecutive records, each with its row in the batch's logits. */
final class RecordBatch {
  private static final int UNDECODABLE = -1;

  /**
   * A record.
   *
   * @param row in the logits, or {@link #UNDECODABLE}
   * @param head start of its prediction line; empty if no predictions are written
   */
  private record Member(int label, int row, String head) {}

  private final long first;
  private final List<Member> members = new ArrayList<>();
  private int decoded;

  RecordBatch(long first) {
    this.first = first;
  }

  void add(int label, boolean hasImage, String head) {
    members.add(new Member(label, hasImage ? decoded++ : UNDECODABLE, head));
  }

  /** Decoded images, which is the number of logit rows. */
  int decoded() {
    return decoded;
  }

  /** Adds all records to a tally. */
  void count(Tally tally, float[] logits, LabelMapping labels) {
    long record = first;
    for (Member member : members) {
      if (member.row == UNDECODABLE) {
        tally.addUndecodable(record, member.label);
      } else {
        tally.add(record, member.label, logits, member.row * labels.networkClasses(), labels);
      }
      record++;
    }
  }

  /** Emits the prediction lines, one string per block, keyed by its first record number. */
  void predict(float[] logits, LabelMapping labels, BiConsumer<Long, String> lines) {
    StringBuilder text = new StringBuilder();
    long from = first;
    long record = first;
    for (Member member : members) {
      if (WritePredictions.block(record) != WritePredictions.block(from)) {
        lines.accept(from, text.toString());
        text.setLength(0);
        from = record;
      }
      text.append(member.head);
      PredictionLine.addLabel(text, member.label, labels);
      if (member.row == UNDECODABLE) {
        PredictionLine.endWithNothing(text);
      } else {
        PredictionLine.end(text, logits, member.row * labels.networkClasses(), labels);
      }
      record++;
    }
    lines.accept(from, text.toString());
  }
}
