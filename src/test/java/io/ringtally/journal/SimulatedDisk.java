package io.ringtally.journal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory that knows what was written and what was forced, and tells them apart when the
 * power goes: of what was not forced each sector keeps any of its versions, and each name its old
 * or its new meaning. After a failed force the pages count as clean, as on Linux: the next force
 * succeeds without having written them.
 *
 * <p>Threading: none; everything happens on the caller's thread, by one seed.
 */
final class SimulatedDisk implements Disk {

    /** Thrown where the process dies, and by everything a dead process still tries. */
    static final class ProcessDied extends Error {

        private static final long serialVersionUID = 1L;

        ProcessDied() {
            super("the process died here", null, false, false);
        }
    }

    private static final long NEVER = Long.MAX_VALUE;

    private final Random random;
    private final int sectorBytes;
    private Map<String, Inode> names = new TreeMap<>();
    private Map<String, Inode> forcedNames = new TreeMap<>();
    private final List<NameChange> unforcedNames = new ArrayList<>();
    private int process;
    private boolean dead;
    private long operations;
    private long dieAt = NEVER;
    private long failFrom = NEVER;
    private long failTo;
    private long capacityBytes = Long.MAX_VALUE;
    private int failures;
    private Runnable duringForce = () -> { };

    /** A name that was given to a file, or taken from it. */
    private record NameChange(String name, Inode inode) {
    }

    /** A file's content, by sectors; absent ones are zeros. */
    private static final class Inode {

        long bytes;
        byte[][] cached;
        byte[][] disk;
        /** Versions of a sector that were written since it was forced, the oldest first. */
        final Map<Integer, List<byte[]>> unforced = new HashMap<>();
        /** Sectors that count as clean and are not on the disk: the cache may forget them. */
        final List<Integer> dropped = new ArrayList<>();
        final List<Integer> forgettable = new ArrayList<>();

        Inode(long bytes, int sectors) {
            this.bytes = bytes;
            this.cached = new byte[sectors][];
            this.disk = new byte[sectors][];
        }
    }

    SimulatedDisk(long seed) {
        this.random = new Random(seed);
        this.sectorBytes = random.nextBoolean() ? 512 : 4096;
    }

    /** The process dies at the n-th change from now, in the middle of it. */
    void dieIn(int changes) {
        dieAt = operations + changes;
    }

    /** The n-th change from now fails, and some after it. */
    void failIn(int changes, int times) {
        failFrom = operations + changes;
        failTo = failFrom + times;
    }

    /** Nothing dies or fails until it is asked for again. */
    void calm() {
        dieAt = NEVER;
        failFrom = NEVER;
    }

    /** All files together have no more room than this. */
    void capacity(long bytes) {
        capacityBytes = bytes;
    }

    /** Called in the middle of each force: what is written there is not forced by it. */
    void duringForce(Runnable action) {
        duringForce = action;
    }

    /** How many changes have failed on purpose. */
    int failures() {
        return failures;
    }

    /** What failed so far was noticed: the cache may forget it at the next start. */
    void failuresWereHandled() {
        names.values().forEach(inode -> {
            inode.forgettable.addAll(inode.dropped);
            inode.dropped.clear();
        });
    }

    /** The process is gone, the cache is not. */
    void restartProcess() {
        beginProcess();
        for (Inode inode : names.values()) {
            for (int sector : inode.forgettable) {
                if (!inode.unforced.containsKey(sector) && random.nextBoolean()) {
                    inode.cached[sector] = inode.disk[sector];
                }
            }
            inode.forgettable.clear();
        }
    }

    private void beginProcess() {
        process++;
        dead = false;
        dieAt = NEVER;
        failFrom = NEVER;
        duringForce = () -> { };
    }

    /** The power goes and comes back. */
    void losePower() {
        beginProcess();
        int mood = random.nextInt(4);
        Map<String, Inode> kept = new TreeMap<>(forcedNames);
        int inOrder = random.nextBoolean() ? random.nextInt(unforcedNames.size() + 1) : -1;
        for (int i = 0; i < unforcedNames.size(); i++) {
            if (inOrder < 0 ? random.nextBoolean() : i < inOrder) {
                NameChange change = unforcedNames.get(i);
                if (change.inode == null) {
                    kept.remove(change.name);
                } else {
                    kept.put(change.name, change.inode);
                }
            }
        }
        names = kept;
        forcedNames = new TreeMap<>(kept);
        unforcedNames.clear();
        for (Inode inode : names.values()) {
            losePower(inode, mood);
        }
    }

    private void losePower(Inode inode, int mood) {
        inode.unforced.forEach((sector, versions) -> {
            int kept = switch (mood) {
                case 0 -> 0;
                case 1 -> versions.size();
                default -> random.nextInt(versions.size() + 1);
            };
            if (kept > 0) {
                inode.disk[sector] = versions.get(kept - 1);
            }
        });
        inode.unforced.clear();
        inode.dropped.clear();
        inode.forgettable.clear();
        inode.cached = inode.disk.clone();
    }

    /** Flips one bit, in the cache and on the disk. */
    void flip(String name, long bit) {
        Inode inode = names.get(name);
        long at = bit / Byte.SIZE;
        int sector = (int) (at / sectorBytes);
        byte[] flipped = copyOf(inode.cached[sector]);
        flipped[(int) (at % sectorBytes)] ^= (byte) (1 << bit % Byte.SIZE);
        inode.cached[sector] = flipped;
        inode.disk[sector] = flipped;
        inode.unforced.remove(sector);
    }

    /** From a place on a file holds zeros, or ends there. */
    void cut(String name, long at, boolean shorter) {
        Inode inode = names.get(name);
        for (int sector = (int) (at / sectorBytes); sector < inode.cached.length; sector++) {
            byte[] rest = copyOf(inode.cached[sector]);
            int from = (int) Math.max(0, at - (long) sector * sectorBytes);
            Arrays.fill(rest, from, rest.length, (byte) 0);
            inode.cached[sector] = rest;
            inode.disk[sector] = rest;
            inode.unforced.remove(sector);
        }
        if (shorter) {
            inode.bytes = at;
        }
    }

    /** A disk with the same files, forced and unforced. */
    SimulatedDisk copy(long seed) {
        SimulatedDisk copy = new SimulatedDisk(seed, sectorBytes);
        Map<Inode, Inode> copies = new HashMap<>();
        names.forEach((name, inode) -> copy.names.put(name, copied(inode, copies)));
        forcedNames.forEach((name, inode) -> copy.forcedNames.put(name, copied(inode, copies)));
        unforcedNames.forEach(change -> copy.unforcedNames.add(new NameChange(change.name,
                change.inode == null ? null : copied(change.inode, copies))));
        return copy;
    }

    private SimulatedDisk(long seed, int sectorBytes) {
        this.random = new Random(seed);
        this.sectorBytes = sectorBytes;
    }

    private static Inode copied(Inode inode, Map<Inode, Inode> copies) {
        return copies.computeIfAbsent(inode, original -> {
            Inode copy = new Inode(original.bytes, original.disk.length);
            copy.cached = original.cached.clone();
            copy.disk = original.disk.clone();
            original.unforced.forEach(
                    (sector, versions) -> copy.unforced.put(sector, new ArrayList<>(versions)));
            return copy;
        });
    }

    private byte[] copyOf(byte[] sector) {
        return sector == null ? new byte[sectorBytes] : sector.clone();
    }

    /** Counts a change; returns whether the process dies in it. */
    private boolean change(int startedBy) throws IOException {
        if (dead || startedBy != process) {
            throw new ProcessDied();
        }
        long now = ++operations;
        if (now == dieAt) {
            dead = true;
            return true;
        }
        return false;
    }

    private boolean fails() {
        if (operations >= failFrom && operations < failTo) {
            failures++;
            return true;
        }
        return false;
    }

    private void changeName(String what) throws IOException {
        if (change(process)) {
            throw new ProcessDied();
        }
        if (fails()) {
            throw new IOException("simulated: " + what + " failed");
        }
    }

    @Override
    public List<String> names() {
        return List.copyOf(names.keySet());
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new SimulatedFile(name, names.get(name), process);
    }

    @Override
    public DiskFile allocate(String name, long bytes) throws IOException {
        changeName("allocating " + name);
        long used = names.values().stream().mapToLong(inode -> inode.bytes).sum();
        if (used + bytes > capacityBytes) {
            throw new IOException("simulated: no space left on device");
        }
        Inode inode = new Inode(bytes, (int) ((bytes + sectorBytes - 1) / sectorBytes));
        name(name, inode);
        return new SimulatedFile(name, inode, process);
    }

    private void name(String name, Inode inode) {
        if (inode == null) {
            names.remove(name);
        } else {
            names.put(name, inode);
        }
        unforcedNames.add(new NameChange(name, inode));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        changeName("renaming " + from);
        Inode inode = names.get(from);
        name(to, inode);
        name(from, null);
    }

    @Override
    public void delete(String name) throws IOException {
        changeName("deleting " + name);
        if (names.containsKey(name)) {
            name(name, null);
        }
    }

    @Override
    public void forceNames() throws IOException {
        changeName("forcing names");
        forcedNames = new TreeMap<>(names);
        unforcedNames.clear();
    }

    @Override
    public String toString() {
        return "a simulated disk";
    }

    private final class SimulatedFile implements DiskFile {

        private final String name;
        private final Inode inode;
        private final int openedBy;

        SimulatedFile(String name, Inode inode, int openedBy) {
            this.name = name;
            this.inode = inode;
            this.openedBy = openedBy;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long bytes() {
            return inode.bytes;
        }

        @Override
        public void write(ByteBuffer from, long offset) throws IOException {
            boolean dies = change(openedBy);
            boolean fails = fails();
            int bytes = from.remaining();
            if (offset < 0 || offset + bytes > inode.bytes) {
                throw new AssertionError("a write beyond the end of " + name + ": " + offset);
            }
            int written = dies || fails ? random.nextInt(bytes / 512 + 1) * 512 : bytes;
            put(from, offset, written);
            if (dies) {
                throw new ProcessDied();
            }
            if (fails) {
                throw new IOException("simulated: a write to " + name + " failed");
            }
        }

        private void put(ByteBuffer from, long offset, int bytes) {
            long at = offset;
            long end = offset + bytes;
            while (at < end) {
                int sector = (int) (at / sectorBytes);
                int within = (int) (at % sectorBytes);
                int length = (int) Math.min(sectorBytes - within, end - at);
                byte[] version = copyOf(inode.cached[sector]);
                from.get(version, within, length);
                inode.cached[sector] = version;
                inode.unforced.computeIfAbsent(sector, one -> new ArrayList<>()).add(version);
                at += length;
            }
            from.position(from.limit());
        }

        @Override
        public void read(ByteBuffer to, long offset) throws IOException {
            if (dead || openedBy != process) {
                throw new ProcessDied();
            }
            long at = offset;
            while (to.hasRemaining()) {
                if (at >= inode.bytes) {
                    throw new EOFException(name + " ends at " + at);
                }
                int sector = (int) (at / sectorBytes);
                int within = (int) (at % sectorBytes);
                int length = Math.min(sectorBytes - within, to.remaining());
                if (inode.cached[sector] == null) {
                    for (int i = 0; i < length; i++) {
                        to.put((byte) 0);
                    }
                } else {
                    to.put(inode.cached[sector], within, length);
                }
                at += length;
            }
        }

        @Override
        public void force() throws IOException {
            boolean dies = change(openedBy);
            boolean fails = fails();
            Map<Integer, Integer> dirty = new TreeMap<>();
            inode.unforced.forEach((sector, versions) -> dirty.put(sector, versions.size()));
            if (!dies) {
                duringForce.run();
            }
            dirty.forEach((sector, count) -> {
                boolean reached = !dies && !fails || random.nextBoolean();
                if (reached) {
                    inode.disk[sector] = inode.unforced.get(sector).get(count - 1);
                } else if (fails) {
                    inode.dropped.add(sector);
                }
                if (reached || fails) {
                    forgetVersions(sector, count);
                }
            });
            if (dies) {
                throw new ProcessDied();
            }
            if (fails) {
                throw new IOException("simulated: a force of " + name + " failed");
            }
        }

        private void forgetVersions(int sector, int count) {
            List<byte[]> versions = inode.unforced.get(sector);
            if (versions.size() == count) {
                inode.unforced.remove(sector);
            } else {
                versions.subList(0, count).clear();
            }
        }

        @Override
        public void close() {
        }
    }
}
