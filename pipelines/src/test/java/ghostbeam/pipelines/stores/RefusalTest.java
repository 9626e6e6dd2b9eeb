package ghostbeam.pipelines.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class RefusalTest {

  @Test
  void saysWhatAnUnknownHostMeans() {
    Throwable cause = new IllegalStateException(new UnknownHostException("store.invalid"));

    assertEquals(
        "this machine knows no address of the host store.invalid; check the network, the endpoint, and HTTPS_PROXY where there is a proxy",
        new Refusal(0, "store.invalid", "", cause).general().getMessage());
    assertEquals(
        "connection reset",
        new Refusal(0, "connection reset", "", new IllegalStateException()).general().getMessage());
  }

  @Test
  void takesALostUploadForNoLostBucketOrObject() {
    assertEquals(
        "the store has lost what was sent of it; run again",
        new Refusal(404, "NoSuchUpload", "", null).general().getMessage());
    assertEquals(
        "the store has lost what was sent of it; run again",
        new Refusal(404, "NoSuchUpload", "", null).onObject("s3://bucket/file").getMessage());
    assertEquals(
        "its bucket does not exist; create it or correct the path",
        new Refusal(404, "NoSuchBucket", "", null).general().getMessage());
  }
}
