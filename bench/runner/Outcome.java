package bench.runner;

import java.util.List;

/**
 * What a server's whole life came to, checked.
 *
 * @param acked 2xx answers wrk saw, warm-up included
 * @param wrkRuns how many runs of wrk those were
 * @param unread requests that may have been counted without wrk reading the answer: it stops with
 *        up to one in flight on every connection
 * @param counted the sum in Postgres after the server's end; 0 for an arm that does not count
 * @param faults why the figures are void; empty when they stand
 */
record Outcome(long acked, int wrkRuns, long unread, long counted, ServerProcess.End end,
        List<String> faults) {

    boolean valid() {
        return faults.isEmpty();
    }
}
