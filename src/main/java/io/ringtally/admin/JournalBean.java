package io.ringtally.admin;

import io.ringtally.journal.Journal;
import io.ringtally.journal.JournalState;
import java.util.Map;

/**
 * The durable log.
 *
 * <p>Threading: any thread.
 */
final class JournalBean implements JournalMXBean {

    static final Map<String, String> DESCRIPTIONS = Map.of(
            DescribedBean.BEAN, "The durable log, of which the ring is the head",
            "WrittenPosition", "Position up to which the log is in its segment files",
            "SyncedPosition", "Position up to which it survives a loss of power; at most"
                    + " journal.sync-interval behind while the disk keeps up",
            "Segments", "Segments that hold something Postgres may not have, or that"
                    + " journal.retain keeps; grows while Postgres is away",
            "Bytes", "Bytes of all segment files, spare ones included; at most journal.max-bytes."
                    + " Files are used again and not given back",
            "FreeBytes", "Bytes that can be written before another file must be made",
            "Full", "Whether events are refused because too little prepared space is left: a full"
                    + " disk, or Postgres behind by journal.max-bytes",
            "Syncs", "Syncs since the start",
            "SyncMicrosMean", "Mean time of a sync since the start, microseconds; single ones may"
                    + " take far longer");

    private final Journal journal;

    JournalBean(Journal journal) {
        this.journal = journal;
    }

    @Override
    public long getWrittenPosition() {
        return journal.state().written();
    }

    @Override
    public long getSyncedPosition() {
        return journal.state().forced();
    }

    @Override
    public int getSegments() {
        return journal.state().segments();
    }

    @Override
    public long getBytes() {
        return journal.state().bytes();
    }

    @Override
    public long getFreeBytes() {
        return journal.state().freeBytes();
    }

    @Override
    public boolean isFull() {
        return journal.isFull();
    }

    @Override
    public long getSyncs() {
        return journal.state().forces();
    }

    @Override
    public long getSyncMicrosMean() {
        JournalState state = journal.state();
        return state.forces() == 0 ? 0 : state.forceMicros() / state.forces();
    }
}
