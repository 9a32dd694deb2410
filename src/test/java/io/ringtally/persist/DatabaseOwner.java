package io.ringtally.persist;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A process that starts an embedded database, says on which process id, and holds it until it is
 * killed. Arguments: directory, binaries directory, port.
 *
 * <p>Threading: main only.
 */
final class DatabaseOwner {

    private DatabaseOwner() {
    }

    public static void main(String[] arguments) throws IOException {
        EmbeddedDatabase database = EmbeddedDatabase.start(new EmbeddedDatabaseSettings(
                Path.of(arguments[0]), Path.of(arguments[1]), Integer.parseInt(arguments[2]),
                Duration.ofSeconds(60)));
        System.out.println("serving as " + database.postmasterPid());
        // Until the test that started this one ends, however that ends
        while (System.in.read() >= 0) {
            continue;
        }
        database.close();
    }
}
