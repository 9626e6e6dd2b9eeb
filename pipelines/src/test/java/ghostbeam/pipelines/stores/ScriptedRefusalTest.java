package ghostbeam.pipelines.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.stores.ScriptedStore.Answer;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors of S3 stores, and of servers that are not, and how they are reported. */
@Timeout(60)
class ScriptedRefusalTest {
  private static final Storage STORAGE = BeamStorage.INSTANCE;
  private static final String PATH = "s3://bucket/data";
  private static final String NO_STORE = PATH + ": the server there is not an S3 store: it sent ";

  private static ScriptedStore store;

  @BeforeAll
  static void start() throws IOException {
    store = ScriptedStore.start();
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  @BeforeEach
  void reachIt() {
    FileSystems.setDefaultPipelineOptions(
        PipelineOptionsFactory.fromArgs(
                "--endpoint=http://127.0.0.1:" + store.port(),
                S3Server.REGION,
                ScriptedStore.CREDENTIALS)
            .create());
  }

  @ParameterizedTest
  @ValueSource(strings = {"RequestTimeTooSkewed", "RequestExpired"})
  void blamesAWrongClockAndNotTheCredentials(String code) {
    store.answer(Answer.refusal(403, code, ""));

    assertEquals(
        PATH
            + ": this machine's clock and the store's are too far apart; set this one right, such"
            + " as by timedatectl set-ntp true (403: "
            + code
            + ")",
        told(() -> STORAGE.list(PATH)));
    assertEquals(2, store.asked().size(), "the SDK sets its own clock once");
  }

  @Test
  void saysThatAnObjectIsArchived() throws IOException {
    store.answer(
        Answer.refusal(403, "InvalidObjectState", "<StorageClass>DEEP_ARCHIVE</StorageClass>"));

    try (SeekableByteChannel channel = STORAGE.open(new Storage.Entry(PATH, 3, "7"))) {
      assertEquals(
          PATH
              + ": it is archived as DEEP_ARCHIVE; restore it, such as by aws s3api"
              + " restore-object, and run again once that is done (403: InvalidObjectState)",
          told(() -> channel.read(ByteBuffer.allocate(3))));
    }
  }

  @Test
  void repeatsWhatElseAStoreForbids() {
    store.answer(Answer.refusal(403, "AccountProblem", ""));
    assertEquals(
        PATH + ": the store refuses: as asked (403: AccountProblem)",
        told(() -> STORAGE.list(PATH)));
    store.answer(Answer.refusal(403, "AccessDenied", ""));
    assertTrue(told(() -> STORAGE.list(PATH)).contains("refused the AWS credentials"));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 400, 403, 404})
  void tellsAPageFromAStore(int status) {
    store.answer(
        new Answer(
            status,
            "text/html; charset=utf-8",
            "<!doctype html><title>MinIO\nConsole</title><meta name=x><p>welcome"));

    for (Executable access :
        List.<Executable>of(() -> STORAGE.list(PATH), () -> STORAGE.open(PATH))) {
      String told = told(access);
      assertTrue(told.startsWith(NO_STORE + "a page (" + status), told);
      assertTrue(told.contains("; give --endpoint the address of a store's API"), told);
    }
    assertEquals(2, store.asked().size(), "no retries");
  }

  @Test
  void repeatsThePagesTitle() {
    store.answer(
        new Answer(400, "text/html", "<title>400 The plain HTTP request was sent to HTTPS port"));
    String told = told(() -> STORAGE.list(PATH));
    String page = "a page (400: 400 The plain HTTP request was sent to HTTPS port); ";
    assertTrue(told.startsWith(NO_STORE + page), told);
  }

  @Test
  void doesNotTakeOtherXmlForAListing() {
    store.answer(Answer.xml(200, "<html><head/><body>all is well</body></html>"));
    assertTrue(
        told(() -> STORAGE.list(PATH)).startsWith(NO_STORE + "something else than a listing; "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"status\": \"ok\"}", "<ListBucketResult><Key>a\u0001b</Key></List"})
  void retriesOnceWhatCannotBeParsed(String body) throws Exception {
    store.answer(Answer.xml(200, body));

    IOException e = assertThrows(IOException.class, () -> STORAGE.list(PATH));

    assertTrue(e.getMessage().startsWith(PATH + ": its response is not XML; "), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
    assertEquals(2, store.asked().size());
    IOException travelled = SerializableUtils.ensureSerializable(e);
    assertEquals(e.getMessage(), travelled.getMessage());
  }

  @Test
  void rereadsAListingWhoseConnectionBreaksRepeatedly() throws IOException {
    store.answer(
        request ->
            store.asked().size() < 4 ? Answer.listing("data/a").cut() : Answer.listing("data/a"));

    assertEquals(List.of("s3://bucket/data/a"), paths(PATH));
    assertEquals(4, store.asked().size());
  }

  @Test
  void listsKeysWithCharactersThatXmlCannotHold() throws IOException {
    store.answer(Answer.listing("data/a%01b", "data/c+d", "data/e%2Bf", "data/%F0%9F%98%80%0A"));

    assertEquals(
        List.of("a\u0001b", "c d", "e+f", "\uD83D\uDE00\n"),
        STORAGE.list(PATH).stream()
            .map(entry -> entry.path().substring(PATH.length() + 1))
            .toList());
    assertTrue(store.asked().get(0).contains("encoding-type=url"), store.asked().toString());
  }

  /** As consoles and some tools create for a folder, beside its content. */
  @Test
  void findsNoFileInAnEmptyObjectThatMarksAFolder() throws IOException {
    store.answer(
        request ->
            request.startsWith("HEAD ")
                ? Answer.xml(200, "")
                : Answer.listing(request.contains("prefix=data%2F") ? "data/a" : "other"));
    assertEquals(List.of("s3://bucket/data/a"), paths(PATH));
    assertTrue(STORAGE.find(PATH).isEmpty());

    store.answer(request -> request.startsWith("HEAD ") ? Answer.xml(200, "") : Answer.listing());
    assertEquals(0, STORAGE.find("s3://bucket/empty").orElseThrow().bytes());
  }

  private static List<String> paths(String folder) throws IOException {
    return STORAGE.list(folder).stream().map(Storage.Entry::path).toList();
  }

  private static String told(Executable access) {
    String message = assertThrows(IOException.class, access).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }
}
