package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.OwnThread;
import io.ringtally.persist.FaultProxy.Direction;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two live writers of one log: the one that was halted and wakes up adds nothing any more. */
class PausedWriterIT {

    private FlushUnderFault flush;

    @BeforeEach
    void begin() throws Exception {
        flush = new FlushUnderFault(false);
    }

    @AfterEach
    void end() throws Exception {
        flush.close();
    }

    @Test
    void haltedBeforeItHoldsTheCheckpointItIsFencedWhenItWakes() throws Exception {
        int fenced = 0;
        while (isFencedAfter(10L * fenced)) {
            fenced++;
        }
        assertTrue(fenced >= 5, "only " + fenced + " places before the checkpoint is held");
    }

    /** False if it held the checkpoint already: then what it has begun is what the owner finds. */
    private boolean isFencedAfter(long bytes) throws Exception {
        String where = "halted after " + bytes + " bytes";
        flush.freeze();
        flush.proxy().haltAfter(Direction.TO_SERVER, bytes);
        CompletableFuture<Void> halted = flush.attemptsElsewhere();
        assertTrue(flush.proxy().hasCaught(5_000), where);
        CompletableFuture<Checkpoint> owner = CompletableFuture.supplyAsync(this::takeOver,
                new OwnThread());
        boolean free = flush.waitsFor(owner, where) == null;
        flush.proxy().release();

        Checkpoint taken = owner.get(20, TimeUnit.SECONDS);
        if (free) {
            assertFenced(halted);
            flush.assertNothingAdded(where);
            flush.goOnAs(taken);
            flush.attemptUntilDecided();
        } else {
            halted.get(20, TimeUnit.SECONDS);
            assertEquals(flush.cutPosition(), taken.position(), where);
        }
        flush.assertPersistedOnce(where);
        return free;
    }

    @Test
    void haltedAtItsCommitItMakesTheNewOwnerWaitAndSeeWhatItAdded() throws Exception {
        flush.freeze();
        flush.proxy().haltBefore("COMMIT");
        CompletableFuture<Void> halted = flush.attemptsElsewhere();
        assertTrue(flush.proxy().hasCaught(5_000));
        CompletableFuture<Checkpoint> owner = CompletableFuture.supplyAsync(this::takeOver,
                new OwnThread());
        assertNotNull(flush.waitsFor(owner, "the new owner"), "it did not wait");
        flush.proxy().release();

        halted.get(20, TimeUnit.SECONDS);
        Checkpoint taken = owner.get(20, TimeUnit.SECONDS);
        assertEquals(flush.cutPosition(), taken.position());
        flush.assertPersistedOnce("halted at its commit");
        // what it takes to have been its own is not any more
        flush.freeze();
        assertThrows(FencedException.class, flush::attemptUntilDecided);
        flush.assertNothingAdded("the next flush of the old owner");
        flush.goOnAs(taken);
        flush.attemptUntilDecided();
        flush.assertPersistedOnce("the first flush of the new owner");
    }

    /** Takes as long as Postgres lets a transaction idle, 20 s. */
    @Test
    void haltedForLongItLosesItsTransactionAndIsFenced() throws Exception {
        flush.freeze();
        flush.proxy().haltBefore("COMMIT");
        CompletableFuture<Void> halted = flush.attemptsElsewhere();
        assertTrue(flush.proxy().hasCaught(5_000));

        SQLException locked = assertThrows(SQLException.class, flush::takeOver);
        assertEquals("55P03", locked.getSQLState(), "the lock's time is up first");
        Checkpoint taken = takeOver();
        assertTrue(flush.cutPosition().compareTo(taken.position()) > 0, "nothing was committed");
        flush.proxy().release();

        assertFenced(halted);
        flush.assertNothingAdded("its transaction had ended");
        flush.goOnAs(taken);
        flush.attemptUntilDecided();
        flush.assertPersistedOnce("the new owner");
    }

    /** Again and again until Postgres lets it, as a start does. */
    private Checkpoint takeOver() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                return flush.takeOver();
            } catch (SQLException refused) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("no take-over succeeds for 60 s", refused);
                }
            }
        }
    }

    private static void assertFenced(CompletableFuture<Void> writer) {
        ExecutionException ended = assertThrows(ExecutionException.class,
                () -> writer.get(40, TimeUnit.SECONDS));
        FencedException fenced = assertInstanceOf(FencedException.class, ended.getCause());
        assertTrue(fenced.getMessage().contains("another process writes this log"),
                fenced.getMessage());
    }
}
