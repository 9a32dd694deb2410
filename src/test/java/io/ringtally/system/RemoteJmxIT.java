package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import javax.rmi.ssl.SslRMIClientSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe of docs/operations.md for JMX from elsewhere, with the flags that stand there. */
class RemoteJmxIT {

    @TempDir
    private Path directory;

    @Test
    void itsFlagsAskForTlsAndThePasswordInTheFile() throws Exception {
        int port = RunningService.freePort();
        String made = run("keytool", "-genkeypair", "-alias", "jmx", "-keyalg", "RSA", "-dname",
                "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1", "-validity", "365", "-storetype",
                "PKCS12", "-keystore", directory.resolve("jmx.p12").toString(), "-storepass", "store-password");
        assertTrue(Files.exists(directory.resolve("jmx.p12")), made);
        Files.writeString(directory.resolve("jmx.access"), "operator readwrite\n");
        Path password = directory.resolve("jmx.password");
        Files.writeString(password, "operator a-long-password\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        try (RunningService service = RunningService.start(directory.resolve("data"),
                TestPostgres.shared().newDatabase(),
                Map.of("JAVA_TOOL_OPTIONS", flags(port)))) {
            assertEquals("up\n", probe(port, "jmx.p12", "a-long-password"));
            assertTrue(probe(port, "jmx.p12", "guessed").contains("Authentication failed"));
            // who does not know the certificate does not get as far as the password
            String stranger = probe(port, null, "a-long-password");
            assertTrue(stranger.contains("SSLHandshakeException"), stranger);
            assertTrue(service.isAlive());
        }
    }

    /** The flags of the recipe, for these files and this port. */
    private String flags(int port) throws Exception {
        String recipe = Files.readString(Path.of("docs/operations.md"));
        List<String> flags = new ArrayList<>();
        int from = recipe.indexOf("java -Dcom.sun.management.jmxremote.port=9010");
        Pattern.compile("-D\\S+").matcher(recipe.substring(from,
                recipe.indexOf("-jar ringtally.jar", from))).results()
                .forEach(flag -> flags.add(flag.group()));
        assertEquals(10, flags.size(), flags.toString());
        return String.join(" ", flags).replace("9010", String.valueOf(port))
                .replace("=HOST", "=127.0.0.1").replace("KEYSTORE-PASSWORD", "store-password")
                .replace("=jmx.", "=" + directory + "/jmx.");
    }

    private String probe(int port, String trustStore, String password) throws Exception {
        List<String> command = new ArrayList<>(List.of("java"));
        if (trustStore != null) {
            command.add("-Djavax.net.ssl.trustStore=" + directory.resolve(trustStore));
            command.add("-Djavax.net.ssl.trustStorePassword=store-password");
        }
        command.addAll(List.of("-cp", Path.of(Probe.class.getProtectionDomain().getCodeSource()
                .getLocation().toURI()).toString(), Probe.class.getName(), String.valueOf(port),
                password));
        return run(command.toArray(new String[0]));
    }

    /** Runs a command of this JDK; returns what it has printed. */
    private static String run(String... command) throws Exception {
        command[0] = Path.of(System.getProperty("java.home"), "bin", command[0]).toString();
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        try {
            String said = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), said);
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    /** Prints the service's status: in a process of its own, which trusts what it is told to. */
    static final class Probe {

        private Probe() {
        }

        public static void main(String[] arguments) throws Exception {
            JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:"
                    + arguments[0] + "/jmxrmi");
            try (JMXConnector connector = JMXConnectorFactory.connect(url, Map.of(
                    JMXConnector.CREDENTIALS, new String[] {"operator", arguments[1]},
                    "com.sun.jndi.rmi.factory.socket", new SslRMIClientSocketFactory()))) {
                System.out.println(connector.getMBeanServerConnection()
                        .getAttribute(new ObjectName("ringtally:type=Service"), "Status"));
            }
        }
    }
}
