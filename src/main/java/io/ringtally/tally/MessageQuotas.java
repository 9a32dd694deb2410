package io.ringtally.tally;

import io.ringtally.event.EventCursor;
import io.ringtally.event.EventHash;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many messages each app has in memory, and whether it may have another one. Only the edge
 * refuses: what has been accepted is counted whatever a quota says. So an app may exceed its own by
 * the new messages that are in the ring when the last one it may have is counted.
 *
 * <p>Threading: each shard counts its own messages; any thread asks, and sees what the shards had
 * counted a moment ago.
 */
public final class MessageQuotas {

    private static final Logger LOG = LoggerFactory.getLogger(MessageQuotas.class);

    private final QuotaSettings settings;
    private final int shards;
    private final long hashSeed;
    /** Apps that have a quota and a message. */
    private final Map<String, App> apps = new ConcurrentHashMap<>();
    private final AtomicInteger used = new AtomicInteger();

    private MessageQuotas(QuotaSettings settings, int shards, long hashSeed) {
        this.settings = settings;
        this.shards = shards;
        this.hashSeed = hashSeed;
    }

    /**
     * The quotas; null if there are none, so that nothing is spent on them.
     *
     * @param hashSeed the log's seed
     */
    public static MessageQuotas of(QuotaSettings settings, int shards, long hashSeed) {
        return settings.isOff() ? null : new MessageQuotas(settings, shards, hashSeed);
    }

    /** Apps whose quota is used up. */
    public int usedUp() {
        return used.get();
    }

    /** Whether an event is of a message that its app may not have. */
    public boolean refuses(EventCursor event) {
        App app = apps.get(event.app());
        return app != null && app.messages.get() >= app.limit
                && !app.parts[EventHash.shardOf(event.sliceHash(), shards)]
                        .has(event.sliceHash());
    }

    /** A counter was made: a shard's thread. */
    void added(int shard, CounterKey key) {
        App app = appOf(key.app());
        if (app != null && app.parts[shard].add(key.sliceHash(hashSeed))
                && app.messages.incrementAndGet() == app.limit) {
            used.incrementAndGet();
            app.tell();
        }
    }

    /** A counter is gone: a shard's thread. */
    void removed(int shard, CounterKey key) {
        App app = appOf(key.app());
        if (app != null && app.parts[shard].remove(key.sliceHash(hashSeed))
                && app.messages.decrementAndGet() == app.limit - 1) {
            used.decrementAndGet();
        }
    }

    private App appOf(String id) {
        App app = apps.get(id);
        if (app == null && settings.of(id) > 0) {
            app = apps.computeIfAbsent(id, made -> new App(made, settings.of(made), shards));
        }
        return app;
    }

    /**
     * An app's messages.
     *
     * <p>Threading: a part is its shard's, and may be asked by any thread.
     */
    private static final class App {

        private final String id;
        private final long limit;
        private final AtomicLong messages = new AtomicLong();
        private final MessageIndex[] parts;
        private volatile boolean told;

        App(String id, long limit, int shards) {
            this.id = id;
            this.limit = limit;
            this.parts = new MessageIndex[shards];
            for (int shard = 0; shard < shards; shard++) {
                parts[shard] = new MessageIndex();
            }
        }

        /** Once: an app at its limit may come and go with its retention. */
        void tell() {
            if (!told) {
                told = true;
                LOG.warn("app \"{}\" has the {} messages its quota allows: events of new ones"
                        + " are refused (507 quota-used-up), those of known ones go on counting",
                        id, limit);
            }
        }
    }
}
