package ghostbeam.pipelines.page;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium without network, whose console output and requests are recorded. */
public final class Browser implements AutoCloseable {
  private static final Duration LONGEST_SCRIPT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  /** A request's own address comes after its initiator's, within the request. */
  private static final Pattern URL = Pattern.compile("\"request\":\\{.*?\"url\":\"([^\"]*)\"");

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /**
   * Starts one with an empty profile; where Chromium is not installed the test is skipped.
   *
   * @param profile an empty folder
   */
  public static Browser start(Path profile) {
    assumeTrue(
        Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
        "Chromium is not installed (Debian's packages chromium and chromium-driver): "
            + "the report page was not opened");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--window-size=1280,1000",
        "--user-data-dir=" + profile);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(new File(DRIVER.toString()))
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options));
  }

  /**
   * Opens a page in a new tab, in place of the last one and with an empty record, and waits for its
   * script to end; returns how long that took.
   */
  public Duration open(Path page) {
    String before = driver.getWindowHandle();
    driver.switchTo().newWindow(WindowType.TAB);
    String own = driver.getWindowHandle();
    driver.switchTo().window(before).close();
    driver.switchTo().window(own);
    List.of(LogType.BROWSER, LogType.PERFORMANCE).forEach(driver.manage().logs()::get);
    long start = System.nanoTime();
    driver.get(page.toUri().toString());
    while (!text("document.documentElement.dataset.ready").equals("true")) {
      if (System.nanoTime() - start > LONGEST_SCRIPT.toNanos()) {
        throw new AssertionError("its script did not end: " + console());
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** The value of a JavaScript expression as text. */
  public String text(String expression) {
    return String.valueOf(driver.executeScript("return String(" + expression + ")"));
  }

  /** The texts of all elements that a CSS selector finds and a reader sees, each on one line. */
  public List<String> seen(String selector) {
    Object texts =
        driver.executeScript(
            "return [...document.querySelectorAll(arguments[0])]"
                + ".filter(e => e.getClientRects().length > 0)"
                + ".map(e => e.innerText.trim().replace(/\\s+/g, ' '))",
            selector);
    return ((List<?>) texts).stream().map(String::valueOf).toList();
  }

  public WebElement one(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  public List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  /** The element with keyboard focus. */
  public WebElement focused() {
    return driver.switchTo().activeElement();
  }

  /** Emulates another medium or colour scheme. */
  public void emulate(String media, String colourScheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            media,
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", colourScheme))));
  }

  /** All console output. */
  public List<String> console() {
    return logged(LogType.BROWSER).map(LogEntry::getMessage).toList();
  }

  /** What an opened file requested, except itself and embedded data. */
  public List<String> requests() {
    return logged(LogType.PERFORMANCE)
        .map(LogEntry::getMessage)
        .filter(message -> message.contains("\"Network.requestWillBeSent\""))
        .filter(message -> message.contains("\"documentURL\":\"file:"))
        .flatMap(message -> URL.matcher(message).results().limit(1))
        .map(url -> url.group(1))
        .filter(url -> !url.startsWith("file:") && !url.startsWith("data:"))
        .toList();
  }

  private Stream<LogEntry> logged(String type) {
    return StreamSupport.stream(driver.manage().logs().get(type).spliterator(), false);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
