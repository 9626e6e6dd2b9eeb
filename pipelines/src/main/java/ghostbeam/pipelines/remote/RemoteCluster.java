package ghostbeam.pipelines.remote;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.messages.webmonitor.ClusterOverview;
import org.apache.flink.runtime.messages.webmonitor.JobDetails;
import org.apache.flink.runtime.rest.RestClient;
import org.apache.flink.runtime.rest.messages.ClusterOverviewHeaders;
import org.apache.flink.runtime.rest.messages.DashboardConfigurationHeaders;
import org.apache.flink.runtime.rest.messages.EmptyMessageParameters;
import org.apache.flink.runtime.rest.messages.EmptyRequestBody;
import org.apache.flink.runtime.rest.messages.EnvironmentInfo;
import org.apache.flink.runtime.rest.messages.JobCancellationHeaders;
import org.apache.flink.runtime.rest.messages.JobCancellationMessageParameters;
import org.apache.flink.runtime.rest.messages.JobClientHeartbeatHeaders;
import org.apache.flink.runtime.rest.messages.JobClientHeartbeatParameters;
import org.apache.flink.runtime.rest.messages.JobClientHeartbeatRequestBody;
import org.apache.flink.runtime.rest.messages.JobIDPathParameter;
import org.apache.flink.runtime.rest.messages.JobManagerEnvironmentHeaders;
import org.apache.flink.runtime.rest.messages.JobMessageParameters;
import org.apache.flink.runtime.rest.messages.JobVertexIdPathParameter;
import org.apache.flink.runtime.rest.messages.JobsOverviewHeaders;
import org.apache.flink.runtime.rest.messages.MessageHeaders;
import org.apache.flink.runtime.rest.messages.MessageParameters;
import org.apache.flink.runtime.rest.messages.MessagePathParameter;
import org.apache.flink.runtime.rest.messages.MessageQueryParameter;
import org.apache.flink.runtime.rest.messages.RequestBody;
import org.apache.flink.runtime.rest.messages.ResponseBody;
import org.apache.flink.runtime.rest.messages.TerminationModeQueryParameter;
import org.apache.flink.runtime.rest.messages.job.JobDetailsHeaders;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo;
import org.apache.flink.runtime.rest.messages.job.metrics.AggregatedMetric;
import org.apache.flink.runtime.rest.messages.job.metrics.AggregatedSubtaskMetricsHeaders;
import org.apache.flink.runtime.rest.messages.job.metrics.AggregatedSubtaskMetricsParameters;
import org.apache.flink.runtime.rest.messages.job.metrics.MetricsFilterParameter;
import org.apache.flink.runtime.rest.messages.taskmanager.TaskManagerInfo;
import org.apache.flink.runtime.rest.messages.taskmanager.TaskManagersHeaders;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.annotation.JsonValue;
import org.apache.flink.util.ConfigurationException;
import org.apache.flink.util.jackson.JacksonMapperFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink cluster, queried through its REST API. Each method sends a request and throws
 * IOException, with address and reason, if no Flink answers.
 */
public final class RemoteCluster implements AutoCloseable {
  private static final int TIMEOUT_S = 20;
  private static final int CLOCK_TIMEOUT_S = 5;
  private static final Logger LOG = LoggerFactory.getLogger(RemoteCluster.class);
  private static final Pattern SOURCE_COUNT = Pattern.compile("DataSource.*[.]numRecordsOut");

  private final Address address;
  private final RestClient client;

  /**
   * Offset of Flink's clock from this process's monotonic clock; of this machine's clock until
   * Flink is asked.
   */
  private long clockAheadMillis = System.currentTimeMillis() - processMillis();

  private RemoteCluster(Address address, RestClient client) {
    this.address = address;
    this.client = client;
  }

  /** Connects at the first request. */
  public static RemoteCluster at(Address address, Configuration configuration) {
    try {
      return new RemoteCluster(address, new RestClient(configuration, Runnable::run));
    } catch (ConfigurationException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Flink's version, such as {@code 1.19.3}. */
  public String version() throws IOException {
    return ask(DashboardConfigurationHeaders.getInstance()).getFlinkVersion();
  }

  /** TaskManagers, slots and jobs in numbers. */
  public ClusterOverview overview() throws IOException {
    return ask(ClusterOverviewHeaders.getInstance());
  }

  /**
   * The ids of the TaskManagers that offer slots; dead ones remain until their heartbeat times out.
   */
  public Set<String> taskManagers() throws IOException {
    return ask(TaskManagersHeaders.getInstance()).getTaskManagerInfos().stream()
        .filter(taskManager -> taskManager.getNumberSlots() > 0)
        .map(taskManager -> taskManager.getResourceId().getResourceIdString())
        .collect(Collectors.toSet());
  }

  /** Slots of the largest TaskManager, at least 1. */
  int slotsPerTaskManager() throws IOException {
    return ask(TaskManagersHeaders.getInstance()).getTaskManagerInfos().stream()
        .mapToInt(TaskManagerInfo::getNumberSlots)
        .reduce(1, Math::max);
  }

  /** The id of a job of this name that has not ended. */
  Optional<String> running(String name) throws IOException {
    return ask(JobsOverviewHeaders.getInstance()).getJobs().stream()
        .filter(job -> job.getJobName().equals(name))
        .filter(job -> !job.getStatus().isGloballyTerminalState())
        .map(JobDetails::getJobId)
        .map(Object::toString)
        .findFirst();
  }

  /**
   * Elements that a job's sources have emitted so far; Flink updates the count every ten seconds.
   *
   * @param job its id
   */
  public long emittedElements(String job) throws IOException {
    JobDetailsInfo details = details(JobID.fromHexString(job), TIMEOUT_S);
    double elements = 0;
    for (JobDetailsInfo.JobVertexDetailsInfo vertex : details.getJobVertexInfos()) {
      List<String> counts =
          metrics(job, vertex.getJobVertexID(), List.of()).stream()
              .map(AggregatedMetric::getId)
              .filter(SOURCE_COUNT.asMatchPredicate())
              .toList();
      if (!counts.isEmpty()) {
        for (AggregatedMetric count : metrics(job, vertex.getJobVertexID(), counts)) {
          elements += count.getSum();
        }
      }
    }
    return (long) elements;
  }

  private JobDetailsInfo details(JobID job, int timeoutS) throws IOException {
    JobMessageParameters parameters = new JobMessageParameters();
    parameters.jobPathParameter.resolve(job);
    return ask(
        JobDetailsHeaders.getInstance(), parameters, EmptyRequestBody.getInstance(), timeoutS);
  }

  /**
   * The named metrics of a vertex, summed over its subtasks; without names, only the names of all
   * its metrics.
   */
  private Collection<AggregatedMetric> metrics(String job, JobVertexID vertex, List<String> names)
      throws IOException {
    AggregatedSubtaskMetricsParameters parameters = new AggregatedSubtaskMetricsParameters();
    for (MessagePathParameter<?> path : parameters.getPathParameters()) {
      if (path instanceof JobIDPathParameter id) {
        id.resolve(JobID.fromHexString(job));
      } else if (path instanceof JobVertexIdPathParameter id) {
        id.resolve(vertex);
      }
    }
    for (MessageQueryParameter<?> query : parameters.getQueryParameters()) {
      if (query instanceof MetricsFilterParameter filter && !names.isEmpty()) {
        filter.resolve(names);
      }
    }
    return ask(AggregatedSubtaskMetricsHeaders.getInstance(), parameters).getMetrics();
  }

  /** Requests a job's cancellation, which may take a moment. */
  void cancel(String job) throws IOException {
    JobCancellationMessageParameters parameters = new JobCancellationMessageParameters();
    parameters.resolveJobId(JobID.fromHexString(job));
    parameters.resolveTerminationMode(TerminationModeQueryParameter.TerminationMode.CANCEL);
    ask(JobCancellationHeaders.getInstance(), parameters);
  }

  /** File names of the jars on the JobManager's class path. */
  Set<String> jars() throws IOException {
    EnvironmentInfo environment = ask(JobManagerEnvironmentHeaders.getInstance());
    Set<String> names = new HashSet<>();
    JacksonMapperFactory.createObjectMapper()
        .valueToTree(environment) // it has no getter
        .path("classpath")
        .forEach(entry -> names.add(ClassPath.name(Path.of(entry.asText()))));
    return names;
  }

  /**
   * Sends a client heartbeat that expires after {@code forMillis}, in the form of Flink 1.19, else
   * of a later version. The expiry time is by Flink's clock, since this machine's may differ; if
   * Flink is slow to tell the time, the last offset is used.
   */
  void reportAlive(JobID job, long forMillis) throws IOException {
    try {
      clockAheadMillis = details(job, CLOCK_TIMEOUT_S).getNow() - processMillis();
    } catch (IOException e) {
      LOG.debug("the cluster did not tell the time", e);
    }
    long untilMillis = processMillis() + clockAheadMillis + forMillis;
    try {
      beat(job, new Heartbeat(untilMillis));
    } catch (IOException e) {
      beat(job, new JobClientHeartbeatRequestBody(untilMillis));
    }
  }

  private static long processMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /**
   * A client heartbeat as Flink 1.19 reads it, a bare number: it rejects the object that its own
   * client sends ("Request did not match expected format") and cancels the job.
   */
  static final class Heartbeat extends JobClientHeartbeatRequestBody {
    Heartbeat(long expiresAtMillis) {
      super(expiresAtMillis);
    }

    /** The whole of its JSON. */
    @JsonValue
    long expiresAtMillis() {
      return getExpiredTimestamp();
    }
  }

  private void beat(JobID job, JobClientHeartbeatRequestBody body) throws IOException {
    JobClientHeartbeatParameters parameters = new JobClientHeartbeatParameters().resolveJobId(job);
    ask(JobClientHeartbeatHeaders.getInstance(), parameters, body, TIMEOUT_S);
  }

  private <P extends ResponseBody> P ask(
      MessageHeaders<EmptyRequestBody, P, EmptyMessageParameters> question) throws IOException {
    return ask(question, EmptyMessageParameters.getInstance());
  }

  private <P extends ResponseBody, M extends MessageParameters> P ask(
      MessageHeaders<EmptyRequestBody, P, M> question, M parameters) throws IOException {
    return ask(question, parameters, EmptyRequestBody.getInstance(), TIMEOUT_S);
  }

  private <B extends RequestBody, P extends ResponseBody, M extends MessageParameters> P ask(
      MessageHeaders<B, P, M> question, M parameters, B body, int timeoutS) throws IOException {
    try {
      return client
          .sendRequest(address.host(), address.port(), question, parameters, body)
          .get(timeoutS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw noAnswer(String.valueOf(e.getCause().getMessage()), e);
    } catch (TimeoutException e) {
      throw noAnswer("nothing within " + timeoutS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw noAnswer("interrupted", e);
    }
  }

  private IOException noAnswer(String reason, Exception cause) {
    return new IOException(
        "no Flink cluster answers at %s (%s); ./run cluster start starts one on this machine"
            .formatted(address, reason.lines().findFirst().orElse("")),
        cause);
  }

  @Override
  public void close() {
    client.closeAsync().join();
  }
}
