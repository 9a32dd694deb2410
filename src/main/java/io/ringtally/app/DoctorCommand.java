package io.ringtally.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.config.Configuration;
import io.ringtally.config.ConfigurationException;
import io.ringtally.doctor.Check;
import io.ringtally.doctor.Doctor;
import io.ringtally.doctor.Verdict;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * {@code ringtally doctor}: a line for each check, as it is made.
 *
 * <p>Threading: the main thread.
 */
@Command(name = "doctor", mixinStandardHelpOptions = true, description = "Checks what usually goes"
        + " wrong, and says what to change; exit code 0 if nothing fails, else 1.")
final class DoctorCommand implements Callable<Integer> {

    private static final String LINE = "%-4s  %-22s  %s";

    @ParentCommand
    private Main main;

    @Option(names = "--json", description = "print one JSON object instead")
    private boolean json;

    @Override
    public Integer call() {
        List<Check> checks = new ArrayList<>();
        try {
            Configuration configuration = Configuration.load(main.file(), System.getenv());
            Settings settings = Settings.of(configuration);
            SSLContext tls = settings.tls() == null ? null
                    : OwnCertificate.contextFor(settings.tls().certificate());
            new Doctor(configuration, tls, check -> {
                checks.add(check);
                show(check);
            }).examine();
        } catch (ConfigurationException wrong) {
            System.err.println("ringtally: " + wrong.getMessage());
            return ExitCode.BAD_CONFIGURATION.code();
        } catch (IOException certificate) {
            System.err.println("ringtally: http.tls: " + certificate.getMessage());
            return ExitCode.BAD_CONFIGURATION.code();
        }
        if (json) {
            System.out.println(asJson(checks));
        } else {
            System.out.println(count(checks, Verdict.OK) + " ok, " + count(checks, Verdict.WARN)
                    + " to look at, " + count(checks, Verdict.FAIL) + " to change");
        }
        return count(checks, Verdict.FAIL) == 0 ? ExitCode.OK.code()
                : ExitCode.UNHEALTHY.code();
    }

    private void show(Check check) {
        if (json) {
            return;
        }
        System.out.println(String.format(LINE, check.verdict(), check.what(), check.value())
                + (check.advice().isEmpty() ? "" : "  -> " + check.advice()));
    }

    private static long count(List<Check> checks, Verdict verdict) {
        return checks.stream().filter(check -> check.verdict() == verdict).count();
    }

    private static String asJson(List<Check> checks) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            out.writeBooleanField("healthy", count(checks, Verdict.FAIL) == 0);
            out.writeArrayFieldStart("checks");
            for (Check check : checks) {
                out.writeStartObject();
                out.writeStringField("verdict", check.verdict().toString());
                out.writeStringField("what", check.what());
                out.writeStringField("value", check.value());
                out.writeStringField("advice", check.advice());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
        return text.toString();
    }
}
