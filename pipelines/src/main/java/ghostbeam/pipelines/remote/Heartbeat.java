package ghostbeam.pipelines.remote;

import org.apache.flink.runtime.rest.messages.JobClientHeartbeatRequestBody;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.annotation.JsonValue;

/**
 * A client's word that it lives, as Flink 1.19 reads it: a bare number, since its own client's
 * object is refused there ("Request did not match expected format"), and the job cancelled.
 */
final class Heartbeat extends JobClientHeartbeatRequestBody {
  Heartbeat(long expiresAtMillis) {
    super(expiresAtMillis);
  }

  /** The whole of its JSON. */
  @JsonValue
  long expiresAtMillis() {
    return getExpiredTimestamp();
  }
}
