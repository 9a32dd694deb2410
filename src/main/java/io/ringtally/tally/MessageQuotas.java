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
    private final long hashSeed;
    /** Apps that have a quota and a message. */
    private final Map<String, App> apps = new ConcurrentHashMap<>();
    private final AtomicInteger used = new AtomicInteger();

    private MessageQuotas(QuotaSettings settings, long hashSeed) {
        this.settings = settings;
        this.hashSeed = hashSeed;
    }

    /**
     * The quotas; null if there are none, so that nothing is spent on them.
     *
     * @param hashSeed the log's seed
     */
    public static MessageQuotas of(QuotaSettings settings, long hashSeed) {
        return settings.isOff() ? null : new MessageQuotas(settings, hashSeed);
    }

    /** Apps whose quota is used up. */
    public int usedUp() {
        return used.get();
    }

    /** Whether an event is of a message that its app may not have. */
    public boolean refuses(EventCursor event) {
        App app = apps.get(event.app());
        return app != null && app.messages.get() >= app.limit
                && !app.partOf(event.sliceHash()).has(event.sliceHash());
    }

    /** A counter was made: a shard's thread. */
    void added(CounterKey key) {
        App app = appOf(key.app());
        if (app != null && app.add(key.slice(hashSeed))
                && app.messages.incrementAndGet() == app.limit) {
            used.incrementAndGet();
            app.tell();
        }
    }

    /** A counter is gone: a shard's thread. */
    void removed(CounterKey key) {
        App app = appOf(key.app());
        if (app != null && app.remove(key.slice(hashSeed))
                && app.messages.decrementAndGet() == app.limit - 1) {
            used.decrementAndGet();
        }
    }

    private App appOf(String id) {
        App app = apps.get(id);
        if (app == null && settings.of(id) > 0) {
            app = apps.computeIfAbsent(id, made -> new App(made, settings.of(made)));
        }
        return app;
    }

    /**
     * An app's messages, in parts by their hashes: shards come and go, and seldom meet at one.
     *
     * <p>Threading: a part is changed under its lock, and asked by any thread.
     */
    private static final class App {

        private static final int PARTS = 16;

        private final String id;
        private final long limit;
        private final AtomicLong messages = new AtomicLong();
        private final MessageIndex[] parts = new MessageIndex[PARTS];
        private volatile boolean told;

        App(String id, long limit) {
            this.id = id;
            this.limit = limit;
            for (int part = 0; part < PARTS; part++) {
                parts[part] = new MessageIndex();
            }
        }

        MessageIndex partOf(long hash) {
            return parts[EventHash.shardOf(hash, PARTS)];
        }

        boolean add(long hash) {
            MessageIndex part = partOf(hash);
            synchronized (part) {
                return part.add(hash);
            }
        }

        boolean remove(long hash) {
            MessageIndex part = partOf(hash);
            synchronized (part) {
                return part.remove(hash);
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
