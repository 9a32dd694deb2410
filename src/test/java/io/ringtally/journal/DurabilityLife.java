package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.journal.SentLog.Sent;
import io.ringtally.journal.SimulatedDisk.ProcessDied;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * What a service does to its log between a start and its end: producers fill slots of the head, the
 * journal stage appends, the forcer forces, cuts are flushed, segments come and go, and now and
 * then the disk fails.
 *
 * <p>Threading: none; what threads do at once is done one inside the other.
 */
final class DurabilityLife {

    private final Journal journal;
    private final SimulatedDisk disk;
    private final HeadFile headFile;
    private final Head head;
    private final SentLog sent;
    private final Random random;
    private final PlantedBug bug;
    private final Deque<Claim> claims = new ArrayDeque<>();
    private long nextClaim;
    private long written;
    private int writesSinceForce;
    private boolean hooked;
    private IOException failedInside;
    private boolean hooking;

    /** Slots of one request. */
    private static final class Claim {

        final long first;
        final int slots;
        boolean committed;

        Claim(long first, int slots) {
            this.first = first;
            this.slots = slots;
        }
    }

    DurabilityLife(Journal journal, SimulatedDisk disk, HeadFile headFile, SentLog sent,
            Random random, PlantedBug bug) {
        this.journal = journal;
        this.disk = disk;
        this.headFile = headFile;
        this.head = journal.head();
        this.sent = sent;
        this.random = random;
        this.bug = bug;
        this.written = journal.end().number();
        this.nextClaim = written + 1;
        journal.body().onPressure(this::forceWhileTheWriterWaits);
    }

    /** Lets the writer work on during forces; the journal has room for what it writes there. */
    DurabilityLife writingDuringForces(boolean really) {
        hooking = really;
        return this;
    }

    /** Lives until the process dies, or it is enough. */
    void live() throws IOException {
        int failures = disk.failures();
        try {
            for (int steps = 10 + random.nextInt(120); steps > 0; steps--) {
                step();
            }
        } catch (ProcessDied died) {
            return;
        } catch (IOException broken) {
            if (disk.failures() == failures) {
                throw new AssertionError("the log broke on a sound disk", broken);
            }
        }
    }

    private void step() throws IOException {
        switch (random.nextInt(28)) {
            case 0, 1, 2, 3, 4, 5, 6 -> claim(true);
            case 7, 8 -> claim(false);
            case 9, 10, 11 -> finishOne();
            case 12, 13, 14, 15, 16 -> append(1 + random.nextInt(20));
            case 17, 18, 19 -> force();
            case 20 -> journal.body().writeMark();
            case 21 -> cut();
            case 22 -> flush();
            case 23, 24 -> storeStep();
            case 25 -> headFile.remember();
            case 26 -> trouble();
            default -> disk.failuresWereHandled();
        }
    }

    private void trouble() {
        switch (random.nextInt(6)) {
            case 0 -> disk.dieIn(1 + random.nextInt(12));
            case 1, 2 -> disk.failIn(1 + random.nextInt(6), 1 + random.nextInt(2));
            default -> { }
        }
    }

    private boolean hasRoomFor(int slots) {
        return nextClaim + slots - 1 <= written + head.slots();
    }

    private void claim(boolean commit) {
        int slots = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(head.slots() / 8);
        if (!hasRoomFor(slots)) {
            return;
        }
        Claim claim = new Claim(nextClaim, slots);
        for (int i = 0; i < slots; i++) {
            boolean isVoid = slots == 1 && random.nextInt(12) == 0;
            sent.sent(nextClaim + i, isVoid
                    ? new Sent(RecordType.VOID, 0, new byte[0], claim.first, 1)
                    : events(nextClaim + i, claim.first, slots));
        }
        nextClaim += slots;
        claims.addLast(claim);
        if (commit) {
            finish(claim);
        } else {
            // some slots of it, but never all
            int missing = random.nextInt(slots);
            for (int i = 0; i < slots; i++) {
                if (random.nextBoolean()) {
                    put(claim.first + i, i != missing);
                }
            }
        }
    }

    private Sent events(long position, long batchFirst, int slots) {
        int text = random.nextInt(60);
        int size = 36 + 2 + text + 7 & ~7;
        int room = (head.slotBytes() - SlotLayout.HEADER_BYTES) / size;
        int count = 1 + random.nextInt(room);
        return new Sent(RecordType.EVENTS, count,
                SentLog.events(random.nextLong(), count, text), batchFirst, slots);
    }

    private void put(long position, boolean committed) {
        HeadFile.put(head, position, sent.at(position), committed);
    }

    private void finish(Claim claim) {
        for (int i = 0; i < claim.slots; i++) {
            put(claim.first + i, true);
        }
        claim.committed = true;
        sent.answered(claim.first, claim.slots);
    }

    private void finishOne() {
        List<Claim> open = new ArrayList<>(claims.stream().filter(c -> !c.committed).toList());
        if (!open.isEmpty()) {
            finish(open.get(random.nextInt(open.size())));
        }
    }

    private void cut() {
        if (hasRoomFor(1)) {
            Claim claim = new Claim(nextClaim++, 1);
            sent.sent(claim.first, new Sent(RecordType.CUT, 0, new byte[0], claim.first, 1));
            claims.addLast(claim);
            finish(claim);
        }
    }

    /** The journal stage's part: whole requests, in order, up to the first unfinished one. */
    private void append(int most) throws IOException {
        boolean added = false;
        for (int left = most; left > 0 && !claims.isEmpty() && claims.peek().committed; left--) {
            add(claims.poll());
            added = true;
        }
        if (added) {
            journal.write();
            writesSinceForce++;
            written = journal.nextPosition() - 1;
        }
        disk.failuresWereHandled();
    }

    private void add(Claim claim) throws IOException {
        assertTrue(journal.nextPosition() == claim.first, "the stage's next position");
        Sent first = sent.at(claim.first);
        if (first.type != RecordType.EVENTS) {
            journal.add(first.type);
            return;
        }
        int bytes = 0;
        for (int i = 0; i < claim.slots; i++) {
            bytes += EventLog.RECORD_BYTES + sent.at(claim.first + i).events.length;
        }
        journal.begin(bytes);
        for (int i = 0; i < claim.slots; i++) {
            Sent one = sent.at(claim.first + i);
            journal.addEvents(one.eventCount, i, claim.slots, head.memory(),
                    HeadFile.address(head, claim.first + i), one.events.length);
        }
    }

    private void force() throws IOException {
        hooked = hooking && writesSinceForce < 2;
        disk.duringForce(this::appendDuringForce);
        forceNow();
        hooked = false;
        if (failedInside != null) {
            throw failedInside;
        }
    }

    private void forceNow() throws IOException {
        journal.body().force();
        writesSinceForce = 0;
        sent.synced(bug.synced(journal));
        disk.failuresWereHandled();
    }

    /** The writer works on while a force is under way: in the first one only, outside the lock. */
    private void appendDuringForce() {
        if (hooked) {
            hooked = false;
            try {
                claim(true);
                append(3);
            } catch (IOException broken) {
                failedInside = broken;
            }
        }
    }

    private void forceWhileTheWriterWaits() {
        hooked = false;
        try {
            forceNow();
        } catch (IOException broken) {
            failedInside = broken;
        }
    }

    private void flush() {
        long cut = sent.lastCut(bug.flushable(journal));
        if (cut > 0) {
            sent.flushed(cut);
            journal.persisted(new LogPosition(cut));
        }
    }

    private void storeStep() {
        try {
            journal.store().step();
        } catch (IOException complained) {
            // it is tried again at a later step
        }
        disk.failuresWereHandled();
    }
}
