import ghostbeam.model.dataset.Manifest;
import ghostbeam.transforms.evaluation.Candidate;
import ghostbeam.transforms.evaluation.ScoreCheckpoints;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.shard.WriteShards;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Shards a folder of class folders, scores a checkpoint on it, in pipelines of one's own. */
final class ShardAndScore {
  /** Takes absolute paths: of images, of the dataset to make, of a checkpoint, of the scores. */
  public static void main(String[] args) throws IOException {
    Pipeline sharding = Pipeline.create();
    sharding.apply(WriteShards.of(ImageSource.of(args[0], "val"), args[1]).withShards(3));
    sharding.run().waitUntilFinish();

    Manifest manifest = Manifest.read(BeamStorage.INSTANCE, args[1], "val");
    Pipeline scoring = Pipeline.create();
    scoring
        .apply(
            ScoreCheckpoints.of(
                BeamStorage.INSTANCE,
                args[1],
                manifest,
                List.of(Candidate.read(BeamStorage.INSTANCE, args[2]))))
        .apply(
            MapElements.into(TypeDescriptors.strings())
                .via(score -> score.getKey() + " " + score.getValue().top1().correct()))
        .apply(TextIO.write().to(args[3]).withoutSharding());
    scoring.run().waitUntilFinish();
  }
}
