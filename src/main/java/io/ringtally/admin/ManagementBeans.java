package io.ringtally.admin;

import io.ringtally.audit.LedgerAlarm;
import io.ringtally.journal.Journal;
import io.ringtally.operate.Operations;
import io.ringtally.persist.Database;
import io.ringtally.persist.Flusher;
import io.ringtally.ring.AdmissionGate;
import io.ringtally.ring.Ring;
import io.ringtally.tally.TallySettings;
import io.ringtally.time.Clock;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service's MXBeans in the platform's MBean server, domain {@code ringtally}: most of them as
 * soon as there is a pipeline, persister and database once that runs. A process has them once.
 *
 * <p>Threading: registered by the starting thread, unregistered by the stopping one; both exclude
 * each other.
 */
public final class ManagementBeans {

    private static final Logger LOG = LoggerFactory.getLogger(ManagementBeans.class);

    private static final String DOMAIN = "ringtally:type=";

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final Deque<ObjectName> registered = new ArrayDeque<>();
    private final ServiceControl service;
    private final Ring ring;
    private final TallySettings tally;
    private final StatusNotifier notifier;
    private Clock clock;
    private int shards;
    private boolean closed;

    private ManagementBeans(ServiceControl service, Ring ring, TallySettings tally) {
        this.service = service;
        this.ring = ring;
        this.tally = tally;
        this.notifier = new StatusNotifier(service, nameOf("Service"));
    }

    /**
     * Registers what has a meaning before the first event is taken.
     *
     * @throws IllegalStateException if another service of this process has registered its own
     */
    public static ManagementBeans register(ServiceControl service, AdmissionGate gate, Ring ring,
            TallySettings tally, Clock clock) {
        ManagementBeans beans = new ManagementBeans(service, ring, tally);
        try {
            beans.add("Service", new DescribedBean(new ServiceBean(service), ServiceMXBean.class,
                    ServiceBean.DESCRIPTIONS, beans.notifier));
            beans.add("Ingest", new IngestBean(service, gate, ring), IngestMXBean.class,
                    IngestBean.DESCRIPTIONS);
            beans.add("Reads", new ReadsBean(service), ReadsMXBean.class,
                    ReadsBean.DESCRIPTIONS);
            beans.add("Ring", new RingBean(ring), RingMXBean.class, RingBean.DESCRIPTIONS);
            beans.clock = clock;
            beans.shards(tally.shards());
            beans.add("Store", new StoreBean(ring, tally), StoreMXBean.class,
                    StoreBean.DESCRIPTIONS);
        } catch (IllegalStateException taken) {
            beans.unregister();
            throw taken;
        }
        return beans;
    }

    /** There are so many shards from now on. */
    public synchronized void shards(int number) {
        if (closed) {
            return;
        }
        for (int shard = shards; shard < number; shard++) {
            add("Tally,shard=" + shard, new TallyBean(ring, shard, clock), TallyMXBean.class,
                    TallyBean.DESCRIPTIONS);
        }
        for (int shard = number; shard < shards; shard++) {
            remove("Tally,shard=" + shard);
        }
        shards = number;
    }

    private void remove(String type) {
        registered.removeIf(name -> {
            boolean gone = name.getCanonicalName().equals(canonical(type));
            if (gone) {
                unregister(name);
            }
            return gone;
        });
    }

    private static String canonical(String type) {
        try {
            return new ObjectName(DOMAIN + type).getCanonicalName();
        } catch (JMException malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }

    /** Registers the rest: the flusher runs. */
    public void persisting(Operations operations, Flusher flusher, Database database,
            LedgerAlarm ledger, Journal journal) {
        add("Journal", new JournalBean(journal), JournalMXBean.class,
                JournalBean.DESCRIPTIONS);
        add("Persister", new PersisterBean(service, operations, ring, tally, flusher),
                PersisterMXBean.class, PersisterBean.DESCRIPTIONS);
        add("Database", new DatabaseBean(database, ledger), DatabaseMXBean.class,
                DatabaseBean.DESCRIPTIONS);
    }

    /** Tells listeners if the status has changed since the last look. */
    public void look() {
        notifier.look();
    }

    private <T> void add(String type, T bean, Class<T> as, Map<String, String> descriptions) {
        add(type, new DescribedBean(bean, as, descriptions));
    }

    private synchronized void add(String type, DescribedBean bean) {
        try {
            ObjectName name = nameOf(type);
            server.registerMBean(bean, name);
            registered.push(name);
        } catch (InstanceAlreadyExistsException taken) {
            throw new IllegalStateException("another Ringtally in this process has registered the"
                    + " MXBean " + DOMAIN + type + ": run each service in a process of its own",
                    taken);
        } catch (JMException refused) {
            throw new IllegalStateException("the MXBean " + DOMAIN + type
                    + " cannot be registered: " + refused.getMessage(), refused);
        }
    }

    private static ObjectName nameOf(String type) {
        try {
            return new ObjectName(DOMAIN + type);
        } catch (MalformedObjectNameException wrong) {
            throw new IllegalArgumentException(type, wrong);
        }
    }

    /** Takes all of them out again; what they read may be freed afterwards. */
    public synchronized void unregister() {
        while (!registered.isEmpty()) {
            unregister(registered.pop());
        }
        closed = true;
    }

    private void unregister(ObjectName name) {
        try {
            server.unregisterMBean(name);
        } catch (JMException gone) {
            LOG.debug("{} was not registered any more", name, gone);
        }
    }
}
