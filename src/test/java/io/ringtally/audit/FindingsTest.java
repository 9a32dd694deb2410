package io.ringtally.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringtally.journal.LogPosition;
import io.ringtally.persist.Checkpoint;
import io.ringtally.persist.CheckpointRow;
import io.ringtally.persist.LedgerSnapshot;
import io.ringtally.tally.Amount;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FindingsTest {

    private static final UUID LOG = new UUID(0, 1);

    private static Amount amount(long events, String sum) {
        return Amount.of(events, new BigInteger(sum));
    }

    private static LedgerSnapshot ledger(Amount accepted, Amount counted, Amount dead,
            Amount booked) {
        return new LedgerSnapshot(accepted, counted, dead, booked, true, List.of());
    }

    private static CheckpointRow row(long position, Amount folded) {
        return new CheckpointRow(LOG, 1, new LogPosition(position), folded, Instant.EPOCH);
    }

    @Test
    void countersDeadLettersAndWhatIsBookedOutTogetherAreWhatWasAccepted() {
        String beyond64Bits = "18446744073709551616";
        assertEquals(List.of(), Findings.of(ledger(amount(6, beyond64Bits),
                amount(3, "18446744073709551610"), amount(2, "-4"), amount(1, "10"))));
    }

    @Test
    void whatIsMissingOrTooMuchIsSaidInEventsAndInSums() {
        assertEquals(List.of("events: the logs have folded in 6, and counters, dead letters and what"
                + " is booked out hold 5, 1 too little", "sums: the logs have folded in -3, and"
                + " counters, dead letters and what is booked out hold 4, 7 too much"),
                Findings.of(ledger(amount(6, "-3"), amount(4, "4"), amount(1, "0"), Amount.ZERO)));
    }

    @Test
    void aViewThatSaysUnbalancedIsNotIgnored() {
        assertEquals(1, Findings.of(new LedgerSnapshot(Amount.ZERO, Amount.ZERO, Amount.ZERO,
                Amount.ZERO, false, List.of())).size());
    }

    @Test
    void aServiceMayHaveAcceptedMoreThanItsCheckpointCoversAndNeverLess() {
        CheckpointRow row = row(7, amount(5, "50"));
        assertEquals(List.of(), Findings.of(row, amount(5, "50")));
        assertEquals(List.of(), Findings.of(row, amount(6, "-50")));
        String both = "log " + LOG + ": its checkpoint covers 5 events with the sum 50, and the"
                + " service has accepted ";
        assertEquals(List.of(both + "4 events with the sum 50"),
                Findings.of(row, amount(4, "50")));
        assertEquals(List.of(both + "5 events with the sum 51"),
                Findings.of(row, amount(5, "51")));
    }

    @Test
    void aRowIsWhereItsWriterLeftItInPositionEventsAndSum() {
        Checkpoint left = new Checkpoint(LOG, 1, new LogPosition(7), amount(5, "50"));
        assertEquals(List.of(), Findings.of(row(7, amount(5, "50")), left));
        for (CheckpointRow moved : List.of(row(8, amount(5, "50")), row(7, amount(6, "50")),
                row(7, amount(5, "49")))) {
            assertEquals(1, Findings.of(moved, left).size(), moved.toString());
        }
    }
}
