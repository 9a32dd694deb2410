package io.ringtally.operate;

import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes each change of the service's state: a log line, and an entry among the troubles.
 *
 * <p>Design note: a state that nobody looks at while it lasts is not noted. So whoever brings one
 * about for a moment looks himself, and does not leave it to the regular look.
 *
 * <p>Threading: any thread.
 */
public final class StateLog {

    private static final Logger LOG = LoggerFactory.getLogger(StateLog.class);

    private static final Pattern FIGURES = Pattern.compile("\\d+");

    private final Supplier<String> word;
    private final Supplier<String> why;
    private final Troubles troubles;
    private String lastWord = "";
    private String lastKind = "";

    /**
     * Makes the log of one service's states.
     *
     * @param word gives the state in a word, as {@code /status} does
     * @param why gives its reason; empty when there is nothing to say
     */
    public StateLog(Supplier<String> word, Supplier<String> why, Troubles troubles) {
        this.word = word;
        this.why = why;
        this.troubles = troubles;
    }

    /** The state in a word. */
    String word() {
        return word.get();
    }

    /** Looks at the state, and notes it if it is another one than at the last look. */
    public synchronized void look() {
        String now = word.get();
        String reason = why.get();
        // figures in a reason go on changing while it stays the same
        String kind = reason.isEmpty() ? "" : FIGURES.matcher(reason).replaceAll("#");
        if (now.equals(lastWord) && kind.equals(lastKind)) {
            return;
        }
        if (!lastWord.isEmpty()) {
            LOG.info("the state is {}{}{}, it was {}", now, reason.isEmpty() ? "" : ": ", reason,
                    lastWord);
        }
        lastWord = now;
        lastKind = kind;
        troubles.state(now, reason);
    }
}
