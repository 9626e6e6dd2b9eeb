package ghostbeam.pipelines.launch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import ghostbeam.transforms.training.TrainEach;

/**
 * Keeps a console free of what each of many trainings side by side tells of its steps; the log file
 * has it, with their names. Logback makes it where {@code logback.xml} says.
 */
public final class OneOfManyFilter extends Filter<ILoggingEvent> {
  @Override
  public FilterReply decide(ILoggingEvent event) {
    boolean ofOne = event.getMDCPropertyMap().containsKey(TrainEach.LOGGED_AS);
    return ofOne && !event.getLevel().isGreaterOrEqual(Level.WARN)
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }
}
