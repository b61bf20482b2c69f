import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Get.java PROXY_PORT HOST...: prints the body that each host serves under its verified certificate. */
class Get {
  public static void main(String[] arguments) throws Exception {
    var proxy = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0]));
    for (int i = 1; i < arguments.length; i++) {
      var uri = URI.create("https://" + arguments[i] + "/");
      // JDK 17's HttpClient takes a bracketed address for a name and fails before it connects; its older sister does not.
      System.out.print(arguments[i].startsWith("[") ? older(uri, proxy) : newer(uri, proxy));
    }
  }

  private static String newer(URI uri, InetSocketAddress proxy) throws IOException, InterruptedException {
    var client = HttpClient.newBuilder().proxy(ProxySelector.of(proxy)).build();
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  private static String older(URI uri, InetSocketAddress proxy) throws IOException {
    try (var body = uri.toURL().openConnection(new Proxy(Proxy.Type.HTTP, proxy)).getInputStream()) {
      return new String(body.readAllBytes());
    }
  }
}
