package io.ringtally.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.event.FieldError;
import io.ringtally.event.NumbersJson;
import io.ringtally.event.Timestamps;
import io.ringtally.operate.Operations;
import io.ringtally.operate.RefusedSettingsException;
import io.ringtally.operate.Setting;
import io.ringtally.operate.SettingValues;
import io.ringtally.operate.Troubles;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Methods;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code /v1/admin/...}: what operators do to the service, and what they are told of its trouble.
 *
 * <p>Threading: called on the admin listener's I/O thread; what waits goes to its workers.
 */
final class OperatorRoutes {

    private static final int BODY_BYTES_MAX = 16 << 10;
    private static final String SHARDS = "shards";

    private final Operations operations;
    private final Troubles troubles;
    private final Guard guard;
    private final BodyReader bodies;
    private final OperatorVerbs verbs;

    OperatorRoutes(Operations operations, Troubles troubles, Guard guard, BodyReader bodies,
            OperatorVerbs verbs) {
        this.operations = operations;
        this.troubles = troubles;
        this.guard = guard;
        this.bodies = bodies;
        this.verbs = verbs;
    }

    void addTo(RouteTable table) {
        table.post("/v1/admin/flush", Access.ADMIN, (exchange, id) ->
                        verbs.bodiless(exchange, this::flush))
                .post("/v1/admin/drain", Access.ADMIN, (exchange, id) ->
                        verbs.bodiless(exchange, this::drain))
                .post("/v1/admin/pause", Access.ADMIN, (exchange, id) ->
                        verbs.bodiless(exchange, this::pause))
                .post("/v1/admin/resume", Access.ADMIN, (exchange, id) ->
                        verbs.bodiless(exchange, this::resume))
                .get("/v1/admin/settings", Access.ADMIN, (exchange, id) ->
                        send(exchange, json -> write(json, operations.settings())))
                .route(Methods.PATCH, "/v1/admin/settings", Access.ADMIN, (exchange, id) -> {
                    if (verbs.declaresJson(exchange, true)) {
                        bodies.read(exchange, new Patch());
                    }
                })
                .route(Methods.POST, "/v1/admin/shards", Access.ADMIN, (exchange, id) -> {
                    if (verbs.declaresJson(exchange, true)) {
                        bodies.read(exchange, new ShardsBody());
                    }
                })
                .get("/v1/admin/troubles", Access.ADMIN, (exchange, id) ->
                        send(exchange, this::writeTroubles));
    }

    private void flush(HttpServerExchange exchange) throws InterruptedException {
        Operations.Flushed flushed = operations.flush();
        if (flushed.persisted()) {
            send(exchange, json -> {
                json.writeBooleanField("persisted", true);
                json.writeNumberField("position", flushed.position());
            });
        } else {
            new Problem(ProblemType.NOT_PERSISTED, "Postgres has not taken the flush within 30 s,"
                    + " it has everything up to position " + flushed.position() + "; the flush goes"
                    + " on, /status says why it takes long").send(exchange);
        }
    }

    private void drain(HttpServerExchange exchange) throws InterruptedException {
        if (operations.drain(guard.callerOf(exchange))) {
            state(exchange);
        } else {
            new Problem(ProblemType.NOT_PERSISTED, "Postgres has not taken everything within"
                    + " shutdown.drain-timeout = " + operations.drainTimeout().toMillis() + " ms;"
                    + " events stay refused, ask again or resume").send(exchange);
        }
    }

    private void pause(HttpServerExchange exchange) {
        operations.pause(guard.callerOf(exchange));
        state(exchange);
    }

    /** Takes back whatever holds, a pause or a drain. */
    private void resume(HttpServerExchange exchange) {
        String by = guard.callerOf(exchange);
        operations.resumeFlushes(by);
        if (operations.isDraining()) {
            operations.letIn(by);
        }
        state(exchange);
    }

    private void state(HttpServerExchange exchange) {
        boolean paused = operations.isPaused();
        boolean draining = operations.isDraining();
        send(exchange, json -> {
            json.writeBooleanField("paused", paused);
            json.writeBooleanField("draining", draining);
        });
    }

    private static void send(HttpServerExchange exchange, AnswerJson.Fields fields) {
        JsonBody.sendOnce(exchange, 200, AnswerJson.object(fields));
    }

    private void write(JsonGenerator json, SettingValues values) throws IOException {
        json.writeArrayFieldStart("settings");
        for (Setting setting : Setting.values()) {
            json.writeStartObject();
            json.writeStringField("key", setting.key());
            json.writeNumberField("value", setting.in(values));
            json.writeStringField("unit", setting.unit());
            json.writeNumberField("least", setting.least());
            json.writeNumberField("most", setting.most());
            json.writeNumberField("configured", setting.in(operations.configured()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void writeTroubles(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("errors");
        for (Troubles.Seen seen : troubles.lastErrors()) {
            json.writeStartObject();
            json.writeStringField("cause", seen.cause());
            json.writeNumberField("count", seen.count());
            json.writeStringField("last_at", Timestamps.format(seen.lastAtMicros()));
            json.writeStringField("message", seen.message());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("states");
        for (Troubles.StateChange change : troubles.lastStates()) {
            json.writeStartObject();
            json.writeStringField("at", Timestamps.format(change.atMicros()));
            json.writeStringField("status", change.status());
            json.writeStringField("reason", change.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /**
     * Changes the number of shards.
     *
     * <p>Threading: read on the I/O thread, done on a worker.
     */
    private final class ShardsBody implements BodyEndpoint {

        @Override
        public int bodyBytesMax() {
            return BODY_BYTES_MAX;
        }

        @Override
        public void handle(HttpServerExchange exchange, EdgeContext context, byte[] body,
                int length) {
            NumbersJson asked = new NumbersJson();
            List<FieldError> errors = new ArrayList<>();
            if (asked.read(body, length, errors)
                    && !asked.numbers().keySet().equals(Set.of(SHARDS))) {
                errors.add(new FieldError(SHARDS, "send {\"shards\":n} and nothing else"));
            }
            if (errors.isEmpty()) {
                long wanted = asked.numbers().get(SHARDS);
                verbs.run(exchange, waits -> change(waits, wanted));
            } else {
                refuse(exchange, errors);
            }
        }

        private void change(HttpServerExchange exchange, long wanted)
                throws InterruptedException {
            try {
                if (operations.changeShards(wanted, guard.callerOf(exchange))) {
                    send(exchange, json ->
                            json.writeNumberField(SHARDS, operations.shards()));
                } else {
                    new Problem(ProblemType.NOT_PERSISTED, "Postgres has not taken the flush"
                            + " before within 30 s: the number of shards stays "
                            + operations.shards()).send(exchange);
                }
            } catch (IllegalArgumentException outOfRange) {
                refuse(exchange, List.of(new FieldError(SHARDS, outOfRange.getMessage())));
            }
        }
    }

    private static void refuse(HttpServerExchange exchange, List<FieldError> errors) {
        new Problem(ProblemType.INVALID_REQUEST, "nothing was set: the fields below are wrong",
                errors).send(exchange);
    }

    /**
     * Changes settings.
     *
     * <p>Threading: on the I/O thread; it waits for nothing.
     */
    private final class Patch implements BodyEndpoint {

        @Override
        public int bodyBytesMax() {
            return BODY_BYTES_MAX;
        }

        @Override
        public void handle(HttpServerExchange exchange, EdgeContext context, byte[] body,
                int length) {
            NumbersJson asked = new NumbersJson();
            List<FieldError> errors = new ArrayList<>();
            Map<Setting, Long> wanted = new LinkedHashMap<>();
            asked.read(body, length, errors);
            asked.numbers().forEach((key, value) -> {
                Setting setting = Setting.of(key);
                if (setting == null) {
                    errors.add(new FieldError(key, key + " cannot be set while the service runs;"
                            + " GET /v1/admin/settings lists what can"));
                } else {
                    wanted.put(setting, value);
                }
            });
            if (!errors.isEmpty()) {
                refuse(exchange, errors);
                return;
            }
            try {
                SettingValues now = operations.set(wanted, guard.callerOf(exchange));
                send(exchange, json -> write(json, now));
            } catch (RefusedSettingsException refused) {
                refused.reasons().forEach((key, why) -> errors.add(new FieldError(key, why)));
                refuse(exchange, errors);
            } catch (IllegalStateException notYet) {
                OperatorVerbs.notNow(exchange, notYet);
            }
        }
    }
}
