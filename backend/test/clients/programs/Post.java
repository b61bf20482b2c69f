import java.io.FileInputStream;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Post.java URL: posts what standard input holds with java.net.http. Java reads neither the proxy variables nor SSL_CERT_FILE, so this
 * program does, as an agent would write it.
 */
class Post {
  public static void main(String[] arguments) throws Exception {
    // Since 8u111 Java keeps Basic back from proxies of https: without this line the 407 is the end.
    System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    var proxy = URI.create(System.getenv("HTTPS_PROXY"));
    var client = HttpClient.newBuilder().sslContext(trusting(System.getenv("SSL_CERT_FILE")))
        .proxy(ProxySelector.of(new InetSocketAddress(proxy.getHost(), proxy.getPort()))).authenticator(by(proxy.getUserInfo())).build();
    var request = HttpRequest.newBuilder(URI.create(arguments[0])).header("Authorization", "Bearer placeholder")
        .header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(System.in.readAllBytes())).build();
    var response = client.send(request, BodyHandlers.ofString());
    System.out.printf("{\"status\":%d,\"retryAfter\":%s,\"body\":%s}", response.statusCode(),
        response.headers().firstValue("retry-after").orElse("null"), response.body());
  }

  private static Authenticator by(String userInfo) {
    var parts = userInfo.split(":", 2);
    return new Authenticator() {
      @Override
      protected PasswordAuthentication getPasswordAuthentication() {
        // Asked for servers too: the access token is for the proxy alone.
        return getRequestorType() == RequestorType.PROXY ? new PasswordAuthentication(parts[0], parts[1].toCharArray()) : null;
      }
    };
  }

  private static SSLContext trusting(String file) throws Exception {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null);
    try (var input = new FileInputStream(file)) {
      var number = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(input)) {
        store.setCertificateEntry("root" + number++, certificate);
      }
    }
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
