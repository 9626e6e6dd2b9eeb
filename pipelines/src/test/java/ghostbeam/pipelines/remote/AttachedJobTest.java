package ghostbeam.pipelines.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class AttachedJobTest {

  /** It sends heartbeats every few seconds, until Flink's client gives up after a minute. */
  @Test
  void logsAFailingHeartbeatOnce() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Logger logger = (Logger) LoggerFactory.getLogger("ghostbeam.Cluster");
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    try {
      AttachedJob.reportTo(new Address("127.0.0.1", port), new Configuration());
      AttachedJob job = new AttachedJob();
      JobID id = JobID.generate();
      for (int i = 0; i < 3; i++) {
        job.beat(id);
      }
    } finally {
      logger.detachAppender(said);
    }

    assertEquals(1, said.list.size(), said.list::toString);
    String message = said.list.get(0).getFormattedMessage();
    assertTrue(message.startsWith("heartbeat of job "), message);
    assertTrue(message.contains("no Flink cluster answers at 127.0.0.1:" + port), message);
  }
}
