package io.ringtally.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.ringtally.operate.Troubles;
import org.slf4j.LoggerFactory;

/**
 * Notes what goes wrong: every warning and error of the log, by its wording, requests refused, and
 * changes of the state.
 *
 * <p>Design note: it reads the log because whoever meets trouble writes it there already; so
 * nothing can be forgotten, and nobody has to know who else wants to hear of it.
 *
 * <p>Threading: started and closed by the service; looks from a thread of its own, a few times a
 * second. Log lines come on the threads that write them.
 */
final class TroubleWatch implements Runnable {

    private static final long LOOK_MILLIS = 200;
    private static final String REFUSED = "requests are refused because of the service's state";

    private final Pipeline pipeline;
    private final Troubles troubles;
    private final LogReader reader = new LogReader();
    private final Thread thread = new Thread(this, "troubles");
    private long refused;

    TroubleWatch(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.troubles = pipeline.troubles;
        thread.setDaemon(true);
    }

    void start() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            reader.setContext(context);
            reader.start();
            context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(reader);
        }
        thread.start();
    }

    @Override
    public void run() {
        try {
            while (true) {
                look();
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException ended) {
            // the service stops
        }
    }

    private void look() {
        pipeline.states.look();
        long refusedNow = pipeline.http.refusedRequests();
        if (refusedNow > refused) {
            troubles.errors(REFUSED, refusedNow - refused, "when it was seen, admission was "
                    + pipeline.gate.now() + " and " + pipeline.ring.backlogSlots() + " of "
                    + pipeline.ring.slots()
                    + " slots of the ring were taken");
            refused = refusedNow;
        }
    }

    void close() {
        thread.interrupt();
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(reader);
        }
    }

    /**
     * Takes warnings and errors from the log.
     *
     * <p>Threading: one log line at a time.
     */
    private final class LogReader extends AppenderBase<ILoggingEvent> {

        @Override
        protected void append(ILoggingEvent line) {
            if (line.getLevel().isGreaterOrEqual(Level.WARN)) {
                IThrowableProxy thrown = line.getThrowableProxy();
                troubles.error(line.getMessage().replace("{}", "..."),
                        line.getFormattedMessage() + (thrown == null ? ""
                                : ": " + thrown.getClassName() + ": " + thrown.getMessage()));
            }
        }
    }
}
