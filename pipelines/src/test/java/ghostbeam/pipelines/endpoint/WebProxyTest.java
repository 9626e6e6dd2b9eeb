package ghostbeam.pipelines.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WebProxyTest {
  private static final WebProxy PROXY = new WebProxy("proxy", 3128, "", "");

  @ParameterizedTest
  @CsvSource({
    "https://store.example, https_proxy, http://proxy:3128",
    "https://store.example, HTTPS_PROXY, proxy:3128",
    "http://store.example, http_proxy, http://proxy:3128/",
    "http://store.example, HTTP_PROXY, http://proxy:3128",
    "http://store.example, ALL_PROXY, http://proxy:3128",
  })
  void readsTheEnvironment(URI target, String name, String value) {
    assertEquals(Optional.of(PROXY), WebProxy.toward(target, Map.of(name, value)));
  }

  @Test
  void usesTheVariableOfTheAddressesScheme() {
    Map<String, String> plain = Map.of("HTTP_PROXY", "http://proxy:3128", "HTTPS_PROXY", "");
    assertEquals(Optional.empty(), WebProxy.toward(URI.create("https://store.example"), plain));
    assertEquals(
        Optional.of(PROXY),
        WebProxy.toward(
            URI.create("https://store.example"),
            Map.of("https_proxy", "http://proxy:3128", "HTTPS_PROXY", "http://other:1")));
  }

  @Test
  void parsesALogin() {
    assertEquals(
        Optional.of(new WebProxy("proxy", 3128, "me", "a:b@c")),
        WebProxy.toward(
            URI.create("https://store.example"),
            Map.of("HTTPS_PROXY", "http://me:a:b%40c@proxy:3128")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "store.example      | https://store.example",
        "store.example      | https://bucket.store.example:9000",
        ".example           | https://store.example",
        "*.example          | https://store.example",
        "a,b STORE.example  | https://store.EXAMPLE",
        "store.example:443  | https://store.example",
        "store.example:9000 | http://store.example:9000",
        "*                  | https://store.example",
        "10.1.2.3           | https://10.1.2.3",
        "10.0.0.0/8         | https://10.1.2.3:9000",
        "200.0.0.0/7        | https://201.1.2.3:9000",
        "[fd00::1]          | https://[fd00::1]:9000",
        "fd00::/8           | https://[fd00::1]:9000",
        "nothing            | https://localhost:9000",
        "nothing            | https://127.0.0.1:9000",
        "nothing            | https://[::1]:9000",
      })
  void bypassesHostsInNoProxy(String direct, URI target) {
    assertEquals(Optional.empty(), toward(target, direct));
  }

  @ParameterizedTest
  @CsvSource({
    "'', https://store.example",
    "',', https://store.example",
    "ore.example, https://store.example",
    "store.example:9000, https://store.example",
    "10.0.0.0/8, https://11.1.2.3",
    "10.0.0.0/x, https://10.1.2.3",
    "10.0.0.0/8, https://fd00.example",
  })
  void isUsedForOtherHosts(String direct, URI target) {
    assertEquals(Optional.of(PROXY), toward(target, direct));
  }

  private static Optional<WebProxy> toward(URI target, String direct) {
    return WebProxy.toward(
        target,
        Map.of("NO_PROXY", direct, "HTTP_PROXY", "proxy:3128", "HTTPS_PROXY", "proxy:3128"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://me:secret@proxy:1080", "http://me:secret@proxy", "http:// x"})
  void refusesOtherValuesWithoutRevealingPasswords(String value) {
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () ->
                WebProxy.toward(URI.create("https://store.example"), Map.of("HTTPS_PROXY", value)));
    assertEquals(
        "environment variable HTTPS_PROXY is not an HTTP proxy; expected http://host:port",
        e.getMessage());
    assertFalse(e.toString().contains("secret"));
  }
}
