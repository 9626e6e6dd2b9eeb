package ghostbeam.model.distributed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.ModelRemedy;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** Why a rank failed, as it tells the others, which may be the first to be heard. */
record Reason(String words, Optional<Advice> advice) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What is in the file.
   *
   * @param remedy null where nobody can do anything
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
    Optional<Advice> told = advice.filter(known -> known.remedy() instanceof ModelRemedy);
    File file =
        new File(
            words,
            told.map(known -> (ModelRemedy) known.remedy()).orElse(null),
            told.map(Advice::facts).orElse(List.of()));
    try {
      return JSON.writeValueAsString(file);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
