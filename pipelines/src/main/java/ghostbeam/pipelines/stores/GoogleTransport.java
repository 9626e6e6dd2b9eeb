package ghostbeam.pipelines.stores;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.auth.http.HttpTransportFactory;
import ghostbeam.pipelines.endpoint.WebProxy;
import java.io.IOException;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.util.Optional;

/**
 * Google's connections, through the proxy that this process's environment sets for each address.
 */
final class GoogleTransport implements HttpTransportFactory {
  @Override
  public HttpTransport create() {
    return new NetHttpTransport.Builder().setConnectionFactory(GoogleTransport::open).build();
  }

  private static HttpURLConnection open(URL url) throws IOException {
    Optional<WebProxy> found = WebProxy.toward(URI.create(url.toString()));
    if (found.isEmpty()) {
      return (HttpURLConnection) url.openConnection();
    }
    WebProxy proxy = found.get();
    InetSocketAddress address = new InetSocketAddress(proxy.host(), proxy.port());
    HttpURLConnection connection =
        (HttpURLConnection) url.openConnection(new Proxy(Proxy.Type.HTTP, address));
    if (!proxy.user().isEmpty()) {
      connection.setAuthenticator(new Login(proxy));
    }
    return connection;
  }

  /** Authenticates to the proxy, and to nobody else. */
  private static final class Login extends Authenticator {
    private final WebProxy proxy;

    Login(WebProxy proxy) {
      this.proxy = proxy;
    }

    @Override
    protected PasswordAuthentication getPasswordAuthentication() {
      return getRequestorType() == RequestorType.PROXY
          ? new PasswordAuthentication(proxy.user(), proxy.password().toCharArray())
          : null;
    }
  }
}
