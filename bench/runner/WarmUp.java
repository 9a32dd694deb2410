package bench.runner;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Short windows of load until three in a row agree.
 *
 * @param windows how many it took
 * @param settled false when the limit came first: the figure that follows is less certain
 */
record WarmUp(int windows, boolean settled) {

    private static final int IN_A_ROW = 3;
    private static final double AGREE_WITHIN = 0.02;

    static WarmUp on(Session session, String script, Options options) {
        int limit = options.whole(Flag.WINDOWS_MAX);
        List<Double> rates = new ArrayList<>();
        while (rates.size() < limit) {
            rates.add(session.load(script, options.duration(Flag.WINDOW)).requestsPerSecond());
            if (agree(rates)) {
                return new WarmUp(rates.size(), true);
            }
        }
        return new WarmUp(rates.size(), false);
    }

    private static boolean agree(List<Double> rates) {
        if (rates.size() < IN_A_ROW) {
            return false;
        }
        List<Double> last = rates.subList(rates.size() - IN_A_ROW, rates.size());
        return Collections.max(last) - Collections.min(last)
                <= AGREE_WITHIN * Collections.max(last);
    }

    String text() {
        return windows + (settled ? "" : ", not settled");
    }
}
