package bench.runner;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The command line.
 *
 * <p>Threading: immutable after construction.
 */
final class Options {

    /** A mistake on the command line; the message says what to type instead. */
    static final class Mistake extends RuntimeException {

        private static final long serialVersionUID = 1;

        Mistake(String message) {
            super(message);
        }
    }

    private final Map<Flag, String> given = new EnumMap<>(Flag.class);

    Options(List<String> words) {
        for (int i = 0; i < words.size(); i += 2) {
            Flag flag = named(words.get(i));
            if (i + 1 == words.size()) {
                throw new Mistake(words.get(i) + " needs a value");
            }
            given.put(flag, words.get(i + 1));
        }
    }

    private static Flag named(String word) {
        for (Flag flag : Flag.values()) {
            if (flag.typed().equals(word)) {
                return flag;
            }
        }
        throw new Mistake("unknown flag " + word + "; bench/run help lists them");
    }

    String text(Flag flag) {
        return given.getOrDefault(flag, flag.byDefault());
    }

    int whole(Flag flag) {
        return parse(flag, text(flag));
    }

    Duration duration(Flag flag) {
        String text = text(flag);
        boolean minutes = text.endsWith("m");
        String digits = minutes || text.endsWith("s")
                ? text.substring(0, text.length() - 1) : text;
        int amount = parse(flag, digits);
        return minutes ? Duration.ofMinutes(amount) : Duration.ofSeconds(amount);
    }

    /** What is typed counts from where one stands, a default from the project's directory. */
    Path path(Flag flag) {
        Path from = given.containsKey(flag) ? Path.of("") : home();
        return from.resolve(text(flag)).toAbsolutePath();
    }

    /** The project's directory. */
    static Path home() {
        return Path.of(System.getProperty("bench.home"));
    }

    List<String> list(Flag flag) {
        return text(flag).isBlank() ? List.of() : List.of(text(flag).trim().split("[,\\s]+"));
    }

    List<Integer> wholes(Flag flag) {
        List<Integer> numbers = new ArrayList<>();
        for (String number : list(flag)) {
            numbers.add(parse(flag, number));
        }
        return numbers;
    }

    List<Arm> arms() {
        return list(Flag.ARMS).stream().map(Arm::named).toList();
    }

    /** The number of I/O threads; 0, the server's own choice, where several were given. */
    int onlyIoThreads() {
        List<Integer> counts = wholes(Flag.IO_THREADS);
        return counts.size() == 1 ? counts.get(0) : 0;
    }

    private static int parse(Flag flag, String digits) {
        try {
            int number = Integer.parseInt(digits);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException notOne) {
            // falls through to the sentence below
        }
        throw new Mistake(flag.typed() + " takes numbers from 1, not '" + digits + "'");
    }
}
