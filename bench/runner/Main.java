package bench.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The runner: {@code bench/run [command] [--flag value ...]}.
 *
 * <p>Exit codes: 0 when every figure stands, 1 when one is void or something failed, 2 for a
 * mistake on the command line.
 *
 * <p>Threading: one thread does everything; processes are what runs side by side.
 */
final class Main {

    private static final Map<String, Predicate<Rig>> COMMANDS = Map.of(
            "compare", Comparison::run,
            "feeds", Feeds::run,
            "flat", Flat::run,
            "idle", Idle::run,
            "latency", Latency::run,
            "pg-stopped", PostgresStopped::run,
            "profile", Profile::run,
            "redis", Redis::run,
            "replay", Replay::run,
            "slow", SlowClients::run);

    private Main() {
    }

    public static void main(String[] arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        String command = words.isEmpty() || words.get(0).startsWith("--")
                ? "compare" : words.remove(0);
        int exitCode;
        try {
            exitCode = run(command, words);
        } catch (Options.Mistake mistake) {
            System.err.println(mistake.getMessage());
            exitCode = 2;
        } catch (IllegalStateException failure) {
            System.err.println(failure.getMessage());
            exitCode = 1;
        }
        System.exit(exitCode);
    }

    private static int run(String command, List<String> words) {
        if (command.equals("help")) {
            printHelp();
            return 0;
        }
        if (command.equals("samples")) {
            Profile.print(words);
            return 0;
        }
        if (command.equals("forces")) {
            return ForceCost.run(words);
        }
        Predicate<Rig> task = COMMANDS.get(command);
        if (task == null) {
            throw new Options.Mistake("unknown command '" + command + "'; see bench/run help");
        }
        try (Rig rig = new Rig(new Options(words), command)) {
            boolean stands = task.test(rig);
            if (!stands) {
                System.err.println("At least one figure is void: see the result files.");
            }
            return stands ? 0 : 1;
        }
    }

    private static void printHelp() {
        System.out.println("bench/run [command] [--flag value ...]\n\n"
                + "  compare      simple, sync and ring side by side (the default)\n"
                + "  idle         CPU of a server at rest\n"
                + "  pg-stopped   throughput while PostgreSQL is away\n"
                + "  latency      percentiles on an open schedule, all arms\n"
                + "  profile      flight recording of a server under load, and its top methods\n"
                + "  redis        one server beside Redis\n"
                + "  replay       from a kill to the first answer, with a long log\n"
                + "  slow         latency and memory beside thousands of slow clients\n"
                + "  feeds        throughput with dashboards open, and CPU at rest\n"
                + "  samples F    the same tables from a recording that exists\n"
                + "  flat         memory and log under more load than it can take\n"
                + "  forces DIR   what a force costs on the disk of DIR, two ways\n"
                + "  help         this\n");
        System.out.println("  flag                 default                  meaning");
        for (Flag flag : Flag.values()) {
            System.out.println(flag.line());
        }
    }
}
