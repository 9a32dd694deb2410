package io.ringtally.verify;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The program under test. What its first run has loaded is kept in an archive of classes, from
 * which the JVM takes a start in about half the time; without it, or with one broken off, a start
 * is as any other.
 *
 * @param jar the service's jar
 * @param archive the file of classes; made by the JVM
 */
record Program(Path jar, Path archive) {

    /**
     * A flag of the JVM.
     *
     * @param whole whether this run is to end by itself, as it must to write the archive
     */
    String archiveFlag(boolean whole) {
        if (Files.exists(archive)) {
            return "-XX:SharedArchiveFile=" + archive;
        }
        return whole ? "-XX:ArchiveClassesAtExit=" + archive : "-Xshare:auto";
    }
}
