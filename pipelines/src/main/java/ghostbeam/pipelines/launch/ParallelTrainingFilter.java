package ghostbeam.pipelines.launch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import ghostbeam.transforms.training.TrainEach;

/**
 * Keeps the step messages of trainings that run side by side off the console; the log file has
 * them, with the training's name. Logback instantiates it for {@code logback.xml}.
 */
public final class ParallelTrainingFilter extends Filter<ILoggingEvent> {
  @Override
  public FilterReply decide(ILoggingEvent event) {
    boolean isParallel = event.getMDCPropertyMap().containsKey(TrainEach.LOGGED_AS);
    return isParallel && !event.getLevel().isGreaterOrEqual(Level.WARN)
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }
}
