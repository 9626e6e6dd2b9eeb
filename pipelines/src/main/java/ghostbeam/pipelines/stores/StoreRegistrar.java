package ghostbeam.pipelines.stores;

import ghostbeam.transforms.storage.ObjectStores;
import java.util.List;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;
import org.apache.beam.sdk.io.FileSystem;
import org.apache.beam.sdk.io.FileSystemRegistrar;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Registers the stores' clients, with the user's options, wherever Beam registers file systems: in
 * the launching process and on every worker. Adds no file system. Beam calls registrars in order of
 * their class names, this one before its own.
 */
public final class StoreRegistrar implements FileSystemRegistrar {
  @Override
  public Iterable<FileSystem<?>> fromOptions(PipelineOptions options) {
    AmazonRegion.postpone(options.as(S3Options.class));
    ObjectStores.register(
        "gs", () -> GoogleStore.of(options.as(GcsOptions.class), GoogleClient.PATIENT));
    ObjectStores.register(
        "s3",
        () ->
            AmazonStore.of(
                options.as(S3Options.class), AmazonClient.PATIENT, AmazonCopy.Limits.S3));
    return List.of();
  }
}
