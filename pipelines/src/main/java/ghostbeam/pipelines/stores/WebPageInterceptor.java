package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * Rejects web pages, which come from an address that is not a store's API but a console's, a
 * gateway's or another server's: a page with status 200 would pass for an object, and one with
 * status 404 for a missing object.
 */
final class WebPageInterceptor implements ExecutionInterceptor {
  private static final Pattern STORES_OWN = Pattern.compile("x-(amz|obs|oss|cos|goog)-.*");
  private static final Pattern TITLE =
      Pattern.compile("<title[^>]*>([^<]*)", Pattern.CASE_INSENSITIVE);
  private static final int TITLE_WITHIN = 4096;

  /** A page with this status may come from an overloaded store. */
  private static final int TOO_MANY_REQUESTS = 429;

  /** A page with this status or above may come from a failing store. */
  private static final int SERVER_ERROR = 500;

  @Override
  public void beforeUnmarshalling(Context.BeforeUnmarshalling answer, ExecutionAttributes about) {
    int status = answer.httpResponse().statusCode();
    if (isPage(answer.httpResponse()) && status < SERVER_ERROR && status != TOO_MANY_REQUESTS) {
      String title = answer.responseBody().map(WebPageInterceptor::title).orElse("");
      throw SdkClientException.create(noStore("a page (" + status + title + ")"));
    }
  }

  /** Whether a response is HTML and has none of the headers that stores send. */
  private static boolean isPage(SdkHttpResponse answer) {
    return answer.firstMatchingHeader("Content-Type").orElse("").startsWith("text/html")
        && answer.headers().keySet().stream()
            .noneMatch(name -> STORES_OWN.matcher(name.toLowerCase(Locale.ROOT)).matches());
  }

  /** A page's title, after a colon; empty if it has none. */
  private static String title(InputStream body) {
    try (body) {
      Matcher title = TITLE.matcher(new String(body.readNBytes(TITLE_WITHIN), UTF_8));
      return title.find() ? ": " + title.group(1).strip().replaceAll("\\s+", " ") : "";
    } catch (IOException e) {
      return ""; // its status says enough
    }
  }

  static String noStore(String sent) {
    return "the server there is not an S3 store: it sent "
        + sent
        + "; give --endpoint the address of a store's API, not of its web pages";
  }
}
