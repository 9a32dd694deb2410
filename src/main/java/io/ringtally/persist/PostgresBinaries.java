package io.ringtally.persist;

import com.sun.security.auth.module.UnixSystem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * PostgreSQL's programs, unpacked from the class path, and how this user has to call them.
 *
 * <p>Design note: unpacking happens beside, is forced, and appears by one rename, so that programs
 * cut short by a kill or a full disk are never taken for whole ones.
 *
 * <p>Threading: immutable.
 */
final class PostgresBinaries {

    private static final long ROOT = 0;

    private final Path home;
    private final boolean unshared;

    private PostgresBinaries(Path home, boolean unshared) {
        this.home = home;
        this.unshared = unshared;
    }

    /**
     * The programs in a directory that has one entry for each version ever used there.
     *
     * @throws IOException if they cannot be unpacked, or this user cannot run them
     */
    static PostgresBinaries unpackedIn(Path directory) throws IOException {
        boolean root = new UnixSystem().getUid() == ROOT;
        if (!mayRun()) {
            throw new IOException("PostgreSQL does not run as root, and this system allows root no"
                    + " user namespace (unshare -U fails): run Ringtally as an ordinary user, in a"
                    + " container with --user or USER, or name a server in db.url"
                    + " (RINGTALLY_DB_URL)");
        }
        byte[] archive = archive();
        Path home = directory.resolve("postgresql-" + digest(archive));
        createPrivate(directory);
        if (!Files.isDirectory(home)) {
            unpack(archive, home);
        }
        return new PostgresBinaries(home.toRealPath(), root);
    }

    /** Whether this user can run them: not root, or a root that may become somebody else. */
    static boolean mayRun() throws IOException {
        return new UnixSystem().getUid() != ROOT || mayUseUserNamespace();
    }

    /** A call of one of the programs, with an environment that holds no settings of PostgreSQL. */
    ProcessBuilder command(String program, List<String> arguments) {
        List<String> words = new ArrayList<>();
        if (unshared) {
            words.add("unshare");
            words.add("-U");
        }
        words.add(home.resolve("bin").resolve(program).toString());
        words.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    /** Whether a program belongs to these or to another version unpacked in the same place. */
    boolean own(Path program) {
        return program.startsWith(home.getParent());
    }

    /** Whether {@code unshare -U} makes root an ordinary user, which is what PostgreSQL wants. */
    private static boolean mayUseUserNamespace() throws IOException {
        try {
            Process process = new ProcessBuilder("unshare", "-U", "id", "-u")
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String user = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.US_ASCII).trim();
            return process.waitFor() == 0 && !user.equals("0");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while starting PostgreSQL");
        } catch (IOException noUnshare) {
            return false;
        }
    }

    /** The archive that the build put into the jar for this platform. */
    private static byte[] archive() throws IOException {
        String system = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String known = switch (machine) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> machine;
        };
        String name = "/postgres-" + system + "-" + known + ".txz";
        try (InputStream in = PostgresBinaries.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("this build carries no PostgreSQL for " + machine + " on "
                        + System.getProperty("os.name") + ": name a server in db.url"
                        + " (RINGTALLY_DB_URL)");
            }
            return in.readAllBytes();
        }
    }

    private static String digest(byte[] archive) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(archive);
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /**
     * Refuses a directory of another user: PostgreSQL serves only its own user's data, and
     * programs somebody else could change are not run.
     */
    static void requireOwn(Path directory) throws IOException {
        UnixSystem self = new UnixSystem();
        if (((Number) Files.getAttribute(directory, "unix:uid")).longValue() != self.getUid()) {
            throw new IOException(directory + " belongs to " + Files.getOwner(directory)
                    + ", Ringtally runs as " + self.getUsername() + ": run it as that user, or"
                    + " name another data.dir (RINGTALLY_DATA_DIR)");
        }
    }

    /** Nobody else may put programs where we execute them. */
    private static void createPrivate(Path directory) throws IOException {
        Files.createDirectories(directory.getParent());
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException there) {
            requireOwn(directory);
        }
    }

    /** One at a time: threads by the monitor, processes by the lock on a file. */
    private static synchronized void unpack(byte[] archive, Path home) throws IOException {
        Path directory = home.getParent();
        try (FileChannel file = FileChannel.open(directory.resolve("lock"),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            assert lock.isValid();
            if (Files.isDirectory(home)) {
                return;
            }
            UnfinishedDirectory fresh = UnfinishedDirectory.beside(home);
            try {
                extract(archive, fresh.path());
                fresh.complete();
            } catch (IOException failed) {
                fresh.discard();
                throw new IOException("PostgreSQL's programs (75 MB) cannot be unpacked into "
                        + directory + ": " + failed, failed);
            }
        }
    }

    private static void extract(byte[] archive, Path target) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new XZCompressorInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null;
                    entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("the archive leads outside: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    write(tar, path, path.getParent().endsWith("bin"));
                }
            }
        }
    }

    private static void write(InputStream from, Path file, boolean executable) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
            from.transferTo(Channels.newOutputStream(channel));
            channel.force(true);
        }
        if (executable) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
    }
}
