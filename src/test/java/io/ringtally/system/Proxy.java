package io.ringtally.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * nginx or haproxy in front of the service, on loopback, with connections to it that are kept and
 * shared among clients. Its log has a line with the status of each request.
 *
 * <p>Threading: one thread's.
 */
final class Proxy implements AutoCloseable {

    private static final int LISTENS_WITHIN_MILLIS = 20_000;

    private final Process process;
    private final int port;
    private final Path log;

    private Proxy(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /** The program, or null where it is not installed. */
    static Path installed(String name) {
        return Stream.of("/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin")
                .map(directory -> Path.of(directory, name)).filter(Files::isExecutable)
                .findFirst().orElse(null);
    }

    static Proxy nginx(Path program, Path directory, int servicePort) throws IOException {
        Path log = directory.resolve("access.log");
        int port = RunningService.freePort();
        StringBuilder temporary = new StringBuilder();
        for (String kind : new String[] {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
            temporary.append(kind + "_temp_path " + directory.resolve(kind) + ";\n");
        }
        Path configuration = Files.writeString(directory.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                worker_processes 1;
                pid %1$s/nginx.pid;
                error_log %1$s/error.log crit;
                events { worker_connections 256; }
                http {
                  %2$s
                  log_format statuses "$upstream_status";
                  access_log %3$s statuses;
                  keepalive_requests 1000000;
                  client_header_timeout 3s;
                  client_body_timeout 3s;
                  upstream service { server 127.0.0.1:%4$d; keepalive 2; }
                  server {
                    listen 127.0.0.1:%5$d;
                    location / {
                      proxy_pass http://service;
                      proxy_http_version 1.1;
                      proxy_set_header Connection "";
                      proxy_next_upstream off;
                      proxy_ignore_client_abort on;
                    }
                  }
                }
                """.formatted(directory, temporary, log, servicePort, port));
        return start(List.of(program.toString(), "-c", configuration.toString(), "-p",
                directory.toString(), "-e", directory + "/error.log"), port, log,
                directory.resolve("nginx.out"));
    }

    static Proxy haproxy(Path program, Path directory, int servicePort) throws IOException {
        Path log = directory.resolve("haproxy.out");
        int port = RunningService.freePort();
        Path configuration = Files.writeString(directory.resolve("haproxy.cfg"), """
                global
                  maxconn 256
                  log stdout format raw local0
                defaults
                  mode http
                  log global
                  log-format %%ST
                  retries 0
                  timeout connect 5s
                  timeout client 20s
                  timeout http-request 3s
                  timeout server 20s
                  http-reuse always
                listen front
                  bind 127.0.0.1:%d
                  server service 127.0.0.1:%d
                """.formatted(port, servicePort));
        return start(List.of(program.toString(), "-db", "-f", configuration.toString()), port,
                log, log);
    }

    private static Proxy start(List<String> command, int port, Path log, Path output)
            throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(output.toFile()).start();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LISTENS_WITHIN_MILLIS);
        while (true) {
            try {
                new RawConnection(port).close();
                return new Proxy(process, port, log);
            } catch (IOException notYet) {
                if (System.nanoTime() > deadline || !process.isAlive()) {
                    process.destroyForcibly();
                    throw new AssertionError(command + " does not listen: "
                            + Files.readString(output), notYet);
                }
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    int port() {
        return port;
    }

    /** How many answers of this status it has had from the service. */
    long answers(int status) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.equals(String.valueOf(status))).count();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
