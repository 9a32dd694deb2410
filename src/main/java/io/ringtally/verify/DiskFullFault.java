package io.ringtally.verify;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The disk below the data directory is full for a while; the service refuses what it cannot keep,
 * and goes on by itself when there is room again.
 *
 * <p>Threading: immutable.
 */
final class DiskFullFault implements Fault {

    private static final long FULL_MILLIS = 1_500;
    private static final long RESUMES_WITHIN_MILLIS = 20_000;
    private static final int ACKS = 100;

    @Override
    public String name() {
        return "disk-full";
    }

    @Override
    public Site.Kind site() {
        return Site.Kind.SMALL_DISK;
    }

    @Override
    public String impossible(Surroundings surroundings) {
        return surroundings.mount() ? "" : "this user may not mount a small file system";
    }

    @Override
    public Aftermath strike(Round round) throws IOException, Misbehaviour {
        round.moment();
        Path ballast = round.site().data().resolve("ballast");
        try {
            fill(ballast);
            round.pass(FULL_MILLIS);
        } finally {
            Files.deleteIfExists(ballast);
        }
        long before = round.load().acked();
        Service.await(RESUMES_WITHIN_MILLIS, () -> !round.service().isAlive()
                || round.load().acked() >= before + ACKS);
        if (!round.service().isAlive()) {
            return Aftermath.DIED;
        }
        if (round.load().acked() < before + ACKS) {
            throw new Misbehaviour("the service does not resume " + RESUMES_WITHIN_MILLIS / 1_000
                    + " s after a full disk has room again; it says " + round.service().status());
        }
        return Aftermath.SURVIVED;
    }

    private static void fill(Path ballast) {
        for (int size = 1 << 20; size > 0; size >>= 4) {
            byte[] block = new byte[size];
            try (OutputStream out = Files.newOutputStream(ballast,
                    java.nio.file.StandardOpenOption.CREATE,
                    java.nio.file.StandardOpenOption.APPEND)) {
                while (true) {
                    out.write(block);
                }
            } catch (IOException full) {
                // that is the point; smaller blocks fill the rest
            }
        }
    }
}
