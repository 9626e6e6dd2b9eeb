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
 * Tells web pages from a store's answers, for an address that is a console's, a gateway's or
 * somebody else's: a page that says that all is well would pass for an object, and one that says
 * that nothing is there for a store without it.
 */
final class WebPageInterceptor implements ExecutionInterceptor {
  private static final Pattern STORES_OWN = Pattern.compile("x-(amz|obs|oss|cos|goog)-.*");
  private static final Pattern TITLE =
      Pattern.compile("<title[^>]*>([^<]*)", Pattern.CASE_INSENSITIVE);
  private static final int TITLE_WITHIN = 4096;

  /** Of such a page a store may be the author that is overloaded or not well. */
  private static final int TOO_MANY_REQUESTS = 429;

  private static final int UNWELL = 500;

  @Override
  public void beforeUnmarshalling(Context.BeforeUnmarshalling answer, ExecutionAttributes about) {
    int status = answer.httpResponse().statusCode();
    if (isPage(answer.httpResponse()) && status < UNWELL && status != TOO_MANY_REQUESTS) {
      String title = answer.responseBody().map(WebPageInterceptor::title).orElse("");
      throw SdkClientException.create(noStore("a page (" + status + title + ")"));
    }
  }

  /** Whether an answer has a person's browser in mind and nothing that stores put into theirs. */
  private static boolean isPage(SdkHttpResponse answer) {
    return answer.firstMatchingHeader("Content-Type").orElse("").startsWith("text/html")
        && answer.headers().keySet().stream()
            .noneMatch(name -> STORES_OWN.matcher(name.toLowerCase(Locale.ROOT)).matches());
  }

  /** What a page has to say in a few words. */
  private static String title(InputStream body) {
    try (body) {
      Matcher title = TITLE.matcher(new String(body.readNBytes(TITLE_WITHIN), UTF_8));
      return title.find() ? ": " + title.group(1).strip().replaceAll("\\s+", " ") : "";
    } catch (IOException e) {
      return ""; // its status says enough
    }
  }

  static String noStore(String sent) {
    return "what answers there is no S3 store, for it sent "
        + sent
        + "; give --endpoint the address of a store's API, which is not that of its web pages";
  }
}
