package ghostbeam.model.distributed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.ModelRemedy;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * Why a rank failed, in a form that the other ranks can report, since theirs may be the first
 * failure that the runner shows.
 */
record Reason(String words, Optional<Advice> advice) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The content of the status file.
   *
   * @param remedy null where there is none
   */
  record File(String words, ModelRemedy remedy, List<String> facts) {}

  static Reason of(Throwable cause) {
    boolean plain = cause.getMessage() != null && !(cause instanceof Error);
    return new Reason(plain ? cause.getMessage() : cause.toString(), Advice.about(cause));
  }

  static Reason parse(String json) throws JsonProcessingException {
    File file = JSON.readValue(json, File.class);
    return new Reason(
        file.words(),
        Optional.ofNullable(file.remedy()).map(remedy -> new Advice(remedy, file.facts())));
  }

  String toJson() {
    Optional<Advice> portable = advice.filter(known -> known.remedy() instanceof ModelRemedy);
    File file =
        new File(
            words,
            portable.map(known -> (ModelRemedy) known.remedy()).orElse(null),
            portable.map(Advice::facts).orElse(List.of()));
    try {
      return JSON.writeValueAsString(file);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
