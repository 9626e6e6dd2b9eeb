package ghostbeam.pipelines.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** An answer that ends the handling of a request, in the form that Google gives it. */
final class GcsRefusal extends Exception {
  private static final long serialVersionUID = 1;
  private final int status;
  private final String reason;

  GcsRefusal(int status, String reason, String message) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  int status() {
    return status;
  }

  byte[] body() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode error = root.putObject("error").put("code", status).put("message", getMessage());
    error
        .putArray("errors")
        .addObject()
        .put("domain", "global")
        .put("reason", reason)
        .put("message", getMessage());
    return root.toString().getBytes(UTF_8);
  }
}
