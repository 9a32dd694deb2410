package io.ringtally.admin;

import java.util.function.Supplier;
import javax.management.AttributeChangeNotification;
import javax.management.MBeanNotificationInfo;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;

/**
 * Tells who listens to the Service's MXBean that its status is another word than before. Whoever
 * calls {@link #look} decides how soon; what came and went between two looks is not told.
 *
 * <p>Threading: {@link #look} is one thread's, on which listeners of this process run; those of
 * others are told through the connector's buffer.
 */
final class StatusNotifier extends NotificationBroadcasterSupport {

    private static final String ATTRIBUTE = "Status";

    private final ServiceControl service;
    private final ObjectName source;
    private String last = "starting";
    private long sequence;

    StatusNotifier(ServiceControl service, ObjectName source) {
        super(new MBeanNotificationInfo(
                new String[] {AttributeChangeNotification.ATTRIBUTE_CHANGE},
                AttributeChangeNotification.class.getName(), "Status is another word than a second"
                        + " before; the message is the reason, empty for up"));
        this.service = service;
        this.source = source;
    }

    void look() {
        String now = service.status();
        if (!now.equals(last)) {
            String before = last;
            last = now;
            sendNotification(new AttributeChangeNotification(source, ++sequence,
                    System.currentTimeMillis(), service.reason(), ATTRIBUTE,
                    String.class.getName(), before, now));
        }
    }
}
