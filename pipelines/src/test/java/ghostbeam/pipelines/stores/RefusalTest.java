package ghostbeam.pipelines.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.cloud.storage.StorageException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class RefusalTest {

  @Test
  void saysWhatAnUnknownHostMeans() {
    Throwable cause = new IllegalStateException(new UnknownHostException("store.invalid"));

    assertEquals(
        "this machine cannot resolve the host store.invalid; check the network, the endpoint, and HTTPS_PROXY where there is a proxy",
        new Refusal(0, "store.invalid", "", cause).general().getMessage());
    assertEquals(
        "connection reset",
        new Refusal(0, "connection reset", "", new IllegalStateException()).general().getMessage());
  }

  @Test
  void doesNotTakeALostUploadForALostBucketOrObject() {
    assertEquals(
        "the store has lost the upload; run again",
        new Refusal(404, "NoSuchUpload", "", null).general().getMessage());
    assertEquals(
        "the store has lost the upload; run again",
        new Refusal(404, "NoSuchUpload", "", null).onObject("s3://bucket/file").getMessage());
    assertEquals(
        "its bucket does not exist; create it or correct the path",
        new Refusal(404, "NoSuchBucket", "", null).general().getMessage());
  }

  @Test
  void saysWhatAPrivateCertificateNeeds() {
    Throwable cause =
        new IllegalStateException(
            new SSLHandshakeException("PKIX path building failed")
                .initCause(new CertificateException("unable to find valid certification path")));

    assertEquals(
        "Java does not trust the store's certificate (unable to find valid"
            + " certification path); add its issuer to a trust store, and"
            + " -Djavax.net.ssl.trustStore=FILE to JAVA_TOOL_OPTIONS",
        new Refusal(0, "failed", "", cause).general().getMessage());
    assertTrue(Refusal.isLasting(cause));
    assertFalse(Refusal.isLasting(new SSLHandshakeException("connection reset")));
  }

  @Test
  void blamesGooglesCredentialsOnlyIfItIsAboutThem() {
    GoogleLogin nobody = new GoogleLogin(null, null);

    assertEquals(
        "the store refuses: The billing account is disabled (403: accountDisabled)",
        nobody
            .refusal(
                new StorageException(
                    403, "The billing account is disabled", "accountDisabled", null))
            .general()
            .getMessage());
    assertTrue(
        nobody
            .refusal(new StorageException(403, "me has no storage.objects.list", "forbidden", null))
            .general()
            .getMessage()
            .startsWith("no Google credentials were found"));
  }
}
