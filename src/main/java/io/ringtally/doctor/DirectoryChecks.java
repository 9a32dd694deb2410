package io.ringtally.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory for data: whether it can be written, on what file system it lies, and its room.
 *
 * <p>Threading: immutable.
 *
 * @param key the configuration's key for it
 * @param directory where it is, or will be
 * @param startBytes what a first start takes
 * @param fullBytes what may be taken in all
 */
record DirectoryChecks(String key, Path directory, long startBytes, long fullBytes) {

    private static final List<String> NETWORK = List.of("nfs", "cifs", "smb", "fuse", "9p",
            "ceph", "gluster", "lustre");

    List<Check> all() {
        Path there = existing();
        List<Check> checks = new ArrayList<>();
        checks.add(writable(there));
        try {
            checks.add(fileSystem(key, Files.getFileStore(there).type()));
            checks.add(room(Files.getFileStore(there).getUsableSpace(), taken()));
        } catch (IOException unreadable) {
            checks.add(Check.fail(key + " room", unreadable.toString(), "see that " + there
                    + " can be read"));
        }
        return checks;
    }

    /** The directory, or the nearest one above that is there. */
    Path existing() {
        Path at = directory.toAbsolutePath().normalize();
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }

    private Check writable(Path there) {
        String value = directory.toAbsolutePath().normalize()
                + (Files.exists(directory) ? "" : ", which the start makes");
        String user = System.getProperty("user.name");
        if (!Files.isDirectory(there)) {
            return Check.fail(key, value, there + " is no directory: name another " + key);
        }
        return Files.isWritable(there) && Files.isExecutable(there) ? Check.ok(key, value)
                : Check.fail(key, value, "user " + user + " may not write to " + there
                        + ": change its owner, or name another " + key);
    }

    /** What lies in it already has its room. */
    private long taken() {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(directory, 2)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException | RuntimeException changing) {
            return 0;
        }
    }

    static Check fileSystem(String key, String type) {
        String what = key + " file system";
        if (type.equals("tmpfs") || type.equals("ramfs")) {
            return key.equals("head.dir")
                    ? Check.ok(what, type + ": lost with the machine's power, as the head may be")
                    : Check.warn(what, type, "all of it is gone after a restart of the machine,"
                            + " also what was answered synced: put " + key + " on a disk");
        }
        if (type.startsWith("overlay") || type.startsWith("aufs")) {
            return Check.warn(what, type, "this is a container's own layer and goes with it:"
                    + " mount a volume for " + key);
        }
        if (NETWORK.stream().anyMatch(type::startsWith)) {
            return Check.warn(what, type, "locks and syncs of a network file system are not"
                    + " those of a disk: put " + key + " on a local one");
        }
        return Check.ok(what, type);
    }

    Check room(long free, long taken) {
        String what = key + " room";
        String value = Check.mebibytes(free) + " free, " + Check.mebibytes(taken)
                + " taken; a start takes " + Check.mebibytes(startBytes) + ", a full log "
                + Check.mebibytes(fullBytes);
        if (free + taken < startBytes) {
            return Check.fail(what, value, "free " + Check.mebibytes(startBytes - free - taken)
                    + ", or name another " + key + ": events are refused until there is room");
        }
        return free + taken >= fullBytes ? Check.ok(what, value)
                : Check.warn(what, value, "free " + Check.mebibytes(fullBytes - free - taken)
                        + " or lower journal.max-bytes: else the disk is full before the log's"
                        + " own limit is reached, while Postgres is away");
    }
}
