package io.ringtally.app;

import io.ringtally.config.Configuration;
import io.ringtally.config.ConfigurationException;
import io.ringtally.inspect.Damage;
import io.ringtally.inspect.LogInspection;
import io.ringtally.recovery.DataDirectory;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * Looks at a log while its service is stopped. Opens nothing of it for writing.
 *
 * <p>Threading: the main thread.
 */
@Command(name = "journal", mixinStandardHelpOptions = true,
        description = "Reads the log of a stopped service; changes nothing.")
final class JournalCommand implements Runnable {

    private static final int WHOLE = 0;
    private static final int DAMAGED = 1;
    private static final int NOT_READ = 2;
    private static final int DAMAGES_SHOWN = 20;

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    /** Which log. */
    static final class Place {

        @Option(names = "--data-dir", paramLabel = "DIR",
                description = "data directory; the configuration's data.dir if not named")
        private Path data;

        @Option(names = "--head-dir", paramLabel = "DIR", description = "directory of the head;"
                + " the configuration's head.dir, or the log's own, if not named")
        private Path head;

        @Option(names = "--force",
                description = "read it although a service is running on it")
        private boolean force;
    }

    /** What is done with a log that could be read. */
    private interface Look {

        int at(LogInspection log) throws IOException;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(),
                "name what to do: inspect, check or export");
    }

    /** Prints what there is. */
    @Command(name = "inspect", mixinStandardHelpOptions = true,
            exitCodeOnExecutionException = NOT_READ,
            description = "Prints what head and segments hold.")
    int inspect(@Mixin Place place) {
        return look(place, log -> {
            JournalReport.of(log).forEach(System.out::println);
            return verdict(log);
        });
    }

    /** Prints whether a start would take it. */
    @Command(name = "check", mixinStandardHelpOptions = true,
            exitCodeOnExecutionException = NOT_READ,
            description = "Says whether the log is whole: exit code 0, or 1 for damage.")
    int check(@Mixin Place place) {
        return look(place, log -> {
            List<Damage> damages = log.damages();
            if (damages.isEmpty()) {
                JournalReport.whatAStartDoes(log).forEach(System.out::println);
                return WHOLE;
            }
            System.out.println("first damage: " + damages.get(0));
            damages.stream().skip(1).limit(DAMAGES_SHOWN - 1)
                    .forEach(damage -> System.out.println("also damaged: " + damage));
            if (damages.size() > DAMAGES_SHOWN) {
                System.out.println("and " + (damages.size() - DAMAGES_SHOWN) + " places more");
            }
            System.out.println("a start is refused because of this; 'ringtally journal export'"
                    + " saves the events that can be read");
            return DAMAGED;
        });
    }

    /** Writes every event that can be read. */
    @Command(name = "export", mixinStandardHelpOptions = true,
            exitCodeOnExecutionException = NOT_READ,
            description = "Writes every event that can be read, in order, as lines of JSON.")
    int export(@Mixin Place place,
            @Option(names = "--from", paramLabel = "POS", defaultValue = "1",
                    description = "first position") long from,
            @Option(names = "--to", paramLabel = "POS",
                    defaultValue = "9223372036854775807", description = "last position") long to,
            @Option(names = "--out", paramLabel = "FILE",
                    description = "a new file; standard output if not named") Path file) {
        return look(place, log -> {
            log.damages().stream().limit(DAMAGES_SHOWN)
                    .forEach(damage -> System.err.println("ringtally: damage: " + damage));
            try (OutputStream out = output(file); EventLines lines = new EventLines(out)) {
                log.events(from, to, lines);
                lines.flush();
                System.err.println("ringtally: " + lines.events() + " events exported"
                        + (lines.lostPositions() == 0 ? "" : "; " + lines.lostPositions()
                        + " positions could not be read"));
            }
            return verdict(log);
        });
    }

    private static OutputStream output(Path file) throws IOException {
        // not System.out, which hides that its reader is gone or its disk is full
        return file == null ? new BufferedOutputStream(new FileOutputStream(FileDescriptor.out))
                : new BufferedOutputStream(Files.newOutputStream(file,
                        StandardOpenOption.CREATE_NEW));
    }

    private static int verdict(LogInspection log) {
        return log.damages().isEmpty() ? WHOLE : DAMAGED;
    }

    private int look(Place place, Look look) {
        try {
            Configuration configuration = Configuration.load(main.file(), System.getenv());
            Path data = place.data != null ? place.data : configuration.dataDir();
            Path log = data.resolve("log");
            Path head = place.head != null ? place.head
                    : configuration.headDir() != null ? configuration.headDir() : log;
            long owner = DataDirectory.ownerOf(data);
            if (owner != 0 && !place.force) {
                System.err.println("ringtally: data.dir = " + data.toAbsolutePath() + " is in use"
                        + " by process " + owner + ", which goes on writing to its log; stop it, or"
                        + " add --force to look anyway: then what is being written looks torn or"
                        + " damaged");
                return NOT_READ;
            }
            if (owner != 0) {
                System.err.println("ringtally: process " + owner + " is writing to this log: what"
                        + " it is writing may look torn or damaged");
            }
            try (ProgressLine progress = new ProgressLine();
                    LogInspection read = LogInspection.of(log, head, progress)) {
                progress.end();
                return look.at(read);
            }
        } catch (ConfigurationException wrong) {
            System.err.println("ringtally: " + wrong.getMessage());
        } catch (NoSuchFileException missing) {
            System.err.println("ringtally: the file " + missing.getFile() + " is not there");
        } catch (IOException unreadable) {
            System.err.println("ringtally: the log cannot be read: " + unreadable.getMessage());
        }
        return NOT_READ;
    }
}
