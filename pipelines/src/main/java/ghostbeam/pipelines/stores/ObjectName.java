package ghostbeam.pipelines.stores;

import java.io.IOException;

/** An object's place, as {@code gs://bucket/key} and {@code s3://bucket/key} spell it. */
record ObjectName(String bucket, String key) {

  static ObjectName of(String path) throws IOException {
    int bucket = path.indexOf("://") + "://".length();
    int slash = path.indexOf('/', bucket);
    int end = slash < 0 ? path.length() : slash;
    if (end == bucket) {
      throw new IOException("names no bucket; expected " + path.substring(0, bucket) + "bucket/…");
    }
    return new ObjectName(path.substring(bucket, end), slash < 0 ? "" : path.substring(slash + 1));
  }

  /** False for a bucket itself. */
  boolean isObject() {
    return !key.isEmpty();
  }
}
