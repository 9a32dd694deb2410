package io.ringtally.http;

import io.ringtally.event.EventDraft;
import io.ringtally.time.Clock;
import io.undertow.server.HttpServerExchange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * {@code GET /api/create_event}, where enabled: makes random lifecycle events, for trying things
 * out.
 *
 * <p>Threading: any I/O thread; the state is in the thread's {@link EdgeContext}.
 */
final class GeneratorEndpoint {

    private static final List<byte[]> LIFECYCLE = List.of(
            ascii("MESSAGE_CREATED"), ascii("MESSAGE_REACHED_BACKEND"),
            ascii("MESSAGE_IN_SEARCH_QUEUE"), ascii("MESSAGE_IN_UPDATES_QUEUE"),
            ascii("MESSAGE_IN_WS_QUEUE"), ascii("MESSAGE_REACHED_FRONTEND"));

    /** Few enough that messages gather several events, as real ones do. */
    private static final int MESSAGES = 10_000;

    private static final byte[] APP = ascii("generator");

    private final IngestFlow flow;
    private final Clock clock;
    private final ThreadLocal<EdgeContext> contexts;
    private final int eventsPerHit;
    private final JsonBody answer;

    GeneratorEndpoint(IngestFlow flow, Clock clock, ThreadLocal<EdgeContext> contexts,
            int eventsPerHit) {
        this.flow = flow;
        this.clock = clock;
        this.contexts = contexts;
        this.eventsPerHit = eventsPerHit;
        this.answer = new JsonBody("{\"success\":true,\"accepted\":" + eventsPerHit + "}");
    }

    void handle(HttpServerExchange exchange) {
        EdgeContext context = contexts.get();
        context.batch.begin(clock.epochMicros());
        ThreadLocalRandom random = ThreadLocalRandom.current();
        EventDraft draft = context.draft;
        for (int i = 0; i < eventsPerHit; i++) {
            byte[] message = ascii("message-" + random.nextInt(MESSAGES));
            byte[] event = LIFECYCLE.get(random.nextInt(LIFECYCLE.size()));
            draft.clear().app(APP, 0, APP.length).message(message, 0, message.length)
                    .event(event, 0, event.length);
            context.batch.accept(draft);
        }
        flow.accept(exchange, context, (taken, level) -> answer.send(taken, 202));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
